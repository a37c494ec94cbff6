"""What `retail doctor` looks at: settings, the machine, the database, providers, and what waits."""
