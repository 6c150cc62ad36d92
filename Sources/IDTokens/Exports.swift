// `import IDTokens` is enough to mint, verify, rotate and publish.
@_exported public import JOSECore
@_exported public import KeyRotation
