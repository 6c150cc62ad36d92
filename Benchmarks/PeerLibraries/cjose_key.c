#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <string.h>

#include "cjose.h"

// cjose takes no PEM, so the key's numbers are read out of it by OpenSSL.

static int read_fields(const EVP_PKEY *key, const char *const *names, size_t width, cjose_field *fields, size_t count) {
  for (size_t i = 0; i < count; i++) {
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(key, names[i], &number) != 1) return 0;
    fields[i].length = width != 0 ? width : (size_t)BN_num_bytes(number);
    fields[i].bytes = OPENSSL_malloc(fields[i].length);
    int ok = fields[i].bytes && BN_bn2binpad(number, fields[i].bytes, (int)fields[i].length) >= 0;
    BN_clear_free(number);
    if (!ok) return 0;
  }
  return 1;
}

static void clear_fields(cjose_field *fields, size_t count) {
  for (size_t i = 0; i < count; i++) OPENSSL_clear_free(fields[i].bytes, fields[i].length);
}

static cjose_jwk_t *rsa_key(const cjose_functions *cjose, const EVP_PKEY *key) {
  static const char *const names[] = {
    OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2, OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
    OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
  cjose_rsa_key numbers = {0};
  int ok = read_fields(key, names, 0, numbers.fields, RSA_FIELDS);
  cjose_jwk_t *made = ok ? cjose->create_rsa(&numbers, NULL) : NULL;
  clear_fields(numbers.fields, RSA_FIELDS);
  return made;
}

static cjose_jwk_t *ec_key(const cjose_functions *cjose, const EVP_PKEY *key) {
  static const char *const names[] = {
    OSSL_PKEY_PARAM_PRIV_KEY, OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y};
  cjose_ec_key numbers = {.curve = NID_X9_62_prime256v1};
  int ok = read_fields(key, names, 32, numbers.fields, EC_FIELDS);
  cjose_jwk_t *made = ok ? cjose->create_ec(&numbers, NULL) : NULL;
  clear_fields(numbers.fields, EC_FIELDS);
  return made;
}

cjose_jwk_t *peer_cjose_key(const cjose_functions *cjose, const peer_minting *m) {
  if (strcmp(m->algorithm, "HS256") == 0) {
    return cjose->create_secret((const uint8_t *)m->key_text, m->key_length, NULL);
  }
  BIO *source = BIO_new_mem_buf(m->key_text, (int)m->key_length);
  EVP_PKEY *key = source == NULL ? NULL : PEM_read_bio_PrivateKey(source, NULL, NULL, "");
  BIO_free(source);
  cjose_jwk_t *made = NULL;
  if (key != NULL && EVP_PKEY_is_a(key, "RSA")) made = rsa_key(cjose, key);
  if (key != NULL && EVP_PKEY_is_a(key, "EC")) made = ec_key(cjose, key);
  EVP_PKEY_free(key);
  return made;
}
