// A module that never ends to load.
while (true);
