"""The posrelay command, in process: AWS played by moto, Kounta and Now Book It by the sandbox."""
