"""The local stack: the very template, deployed to an AWS emulator, with the sandbox beside it and one front door."""
