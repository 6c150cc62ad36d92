#include <dlfcn.h>

#include "lanes.h"

lanes_functions lanes_library;

static const char *const files[] = {"libcrypto_mb.so.13", "libcrypto_mb.so.12", "libcrypto_mb.so.11", NULL};

// In the order of lanes_functions.
static const char *const names[] = {
  "mbx_is_crypto_mb_applicable", "mbx_nistp256_ecdsa_sign_mb8", "mbx_nistp384_ecdsa_sign_mb8", "mbx_ed25519_sign_mb8",
  "mbx_RSA_private_crt_Method", "mbx_RSA_Method_BufSize", "mbx_rsa_private_crt_mb8", NULL};

lanes_status lanes_open(void) {
  void *library = NULL;
  for (const char *const *file = files; *file != NULL && library == NULL; file++) {
    library = dlopen(*file, RTLD_NOW | RTLD_LOCAL);
  }
  if (library == NULL) return LANES_NO_LIBRARY;
  void **function = (void **)&lanes_library;
  for (const char *const *name = names; *name != NULL; name++) {
    *function = dlsym(library, *name);
    if (*function++ == NULL) return LANES_NO_FUNCTION;
  }
  return lanes_library.is_applicable(0) ? LANES_OK : LANES_NO_PROCESSOR;
}

const char *lanes_meaning(lanes_status status) {
  switch (status) {
    case LANES_OK: return "nothing failed";
    case LANES_NO_LIBRARY: return "no multi-buffer library is installed";
    case LANES_NO_FUNCTION: return "the multi-buffer library lacks a function";
    case LANES_NO_PROCESSOR: return "this processor has no lanes";
    case LANES_NO_MEMORY: return "no memory";
    case LANES_BAD_KEY: return "the private key can't be read";
    case LANES_NO_KIND: return "no lanes sign with keys of this kind";
    case LANES_SETUP_FAILED: return "the operation can't be set up";
    case LANES_HASH_FAILED: return "a hash failed";
    case LANES_SIGN_FAILED: return "a lane failed";
    case LANES_WRONG_SIGNATURE: return "a lane's signature does not verify";
  }
  return "an unknown status";
}
