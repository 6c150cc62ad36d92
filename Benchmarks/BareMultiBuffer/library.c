#include <dlfcn.h>

#include "multi_buffer.h"

multi_buffer_functions multi_buffer_library;

static const char *const files[] = {"libcrypto_mb.so.13", "libcrypto_mb.so.12", "libcrypto_mb.so.11", NULL};

// In the order of multi_buffer_functions.
static const char *const names[] = {
  "mbx_is_crypto_mb_applicable", "mbx_nistp256_ecdsa_sign_mb8", "mbx_nistp384_ecdsa_sign_mb8", "mbx_ed25519_sign_mb8",
  "mbx_RSA_private_crt_Method", "mbx_RSA_Method_BufSize", "mbx_rsa_private_crt_mb8", NULL};

multi_buffer_status multi_buffer_open(void) {
  void *library = NULL;
  for (const char *const *file = files; *file != NULL && library == NULL; file++) {
    library = dlopen(*file, RTLD_NOW | RTLD_LOCAL);
  }
  if (library == NULL) return MULTI_BUFFER_NO_LIBRARY;
  void **function = (void **)&multi_buffer_library;
  for (const char *const *name = names; *name != NULL; name++) {
    *function = dlsym(library, *name);
    if (*function++ == NULL) return MULTI_BUFFER_NO_FUNCTION;
  }
  return multi_buffer_library.is_applicable(0) ? MULTI_BUFFER_OK : MULTI_BUFFER_NO_PROCESSOR;
}

const char *multi_buffer_meaning(multi_buffer_status status) {
  switch (status) {
    case MULTI_BUFFER_OK: return "nothing failed";
    case MULTI_BUFFER_NO_LIBRARY: return "no multi-buffer library is installed";
    case MULTI_BUFFER_NO_FUNCTION: return "the multi-buffer library lacks a function";
    case MULTI_BUFFER_NO_PROCESSOR: return "this processor lacks what the multi-buffer library needs";
    case MULTI_BUFFER_NO_MEMORY: return "no memory";
    case MULTI_BUFFER_BAD_KEY: return "the private key can't be read";
    case MULTI_BUFFER_NO_KIND: return "the multi-buffer library has nothing for keys of this kind";
    case MULTI_BUFFER_SETUP_FAILED: return "the operation can't be set up";
    case MULTI_BUFFER_HASH_FAILED: return "a hash failed";
    case MULTI_BUFFER_SIGN_FAILED: return "the multi-buffer library failed";
    case MULTI_BUFFER_WRONG_SIGNATURE: return "a multi-buffer signature does not verify";
  }
  return "an unknown status";
}
