#if Server
  import IssuerClient
#endif
