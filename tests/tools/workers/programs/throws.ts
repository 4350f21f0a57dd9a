// A module that cannot be loaded.
throw new RangeError("thrown at the top");
