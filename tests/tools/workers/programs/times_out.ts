// A module that cannot be loaded, as a request at its top takes too long.
throw new DOMException("thrown at the top", "TimeoutError");
