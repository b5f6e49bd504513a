"""The POS sandbox: a Kounta and a Now Book It as their documents and their observed habits describe them."""
