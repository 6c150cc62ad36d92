// `import SessionHost` is enough to host the POS Session API.
@_exported public import IDTokens
