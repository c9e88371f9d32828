"""Makes packages of unmanaged solutions, of both kinds, that import again."""
