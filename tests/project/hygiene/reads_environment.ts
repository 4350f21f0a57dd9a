// Needs while it is loaded a permission, and a global that most runtimes lack.
Deno.env.get("HOME");
