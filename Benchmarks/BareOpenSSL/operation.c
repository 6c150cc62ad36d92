#include "operation.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

bare_status bare_new(bare_message message, bare_operation **made) {
  bare_operation *operation = calloc(1, sizeof *operation);
  *made = operation;
  if (operation == NULL) return BARE_NO_MEMORY;
  operation->message = malloc(message.length);
  operation->absorbed = EVP_MD_CTX_new();
  operation->outer = EVP_MD_CTX_new();
  operation->working = EVP_MD_CTX_new();
  if (!operation->message || !operation->absorbed || !operation->outer || !operation->working) return BARE_NO_MEMORY;
  memcpy(operation->message, message.bytes, message.length);
  operation->length = message.length;
  operation->tail = operation->message + message.prefix_length;
  operation->tail_length = message.length - message.prefix_length;
  return BARE_OK;
}

bare_status bare_fetch_digest(bare_operation *operation, const char *name) {
  operation->digest = EVP_MD_fetch(NULL, name, NULL);
  if (operation->digest == NULL) return BARE_NO_DIGEST;
  operation->hash_length = (size_t)EVP_MD_get_size(operation->digest);
  return BARE_OK;
}

bare_status bare_read_key(bare_operation *operation, const uint8_t *pem, size_t length) {
  BIO *source = BIO_new_mem_buf(pem, (int)length);
  if (source == NULL) return BARE_NO_MEMORY;
  operation->key = PEM_read_bio_PrivateKey(source, NULL, NULL, "");
  BIO_free(source);
  return operation->key == NULL ? BARE_BAD_KEY : BARE_OK;
}

void bare_free(bare_operation *operation) {
  if (operation == NULL) return;
  EVP_PKEY_CTX_free(operation->signing);
  EVP_PKEY_CTX_free(operation->verifying);
  EVP_PKEY_free(operation->key);
  EVP_MD_CTX_free(operation->working);
  EVP_MD_CTX_free(operation->outer);
  EVP_MD_CTX_free(operation->absorbed);
  EVP_MD_free(operation->digest);
  free(operation->message);
  free(operation);
}

bare_status bare_repeat(bare_operation *operation, size_t count) {
  for (size_t done = 0; done < count; done++) {
    bare_status status = operation->run(operation);
    if (status != BARE_OK) return status;
  }
  return BARE_OK;
}

const uint8_t *bare_signature(const bare_operation *operation, size_t *length) {
  *length = operation->signature_length;
  return operation->signature;
}

const char *bare_meaning(bare_status status) {
  switch (status) {
    case BARE_OK: return "nothing failed";
    case BARE_NO_MEMORY: return "no memory";
    case BARE_NO_DIGEST: return "no provider offers the hash";
    case BARE_BAD_KEY: return "the private key can't be read";
    case BARE_SETUP_FAILED: return "the operation can't be set up";
    case BARE_HASH_FAILED: return "a hash failed";
    case BARE_SIGN_FAILED: return "a signature failed";
    case BARE_WRONG_SIGNATURE: return "the signature does not verify";
  }
  return "an unknown status";
}

const char *bare_reason(void) { return ERR_reason_error_string(ERR_peek_last_error()); }

const char *bare_openssl_version(void) { return OpenSSL_version(OPENSSL_VERSION); }
