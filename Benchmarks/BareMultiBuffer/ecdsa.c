#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>

#include "multi_buffer.h"

static multi_buffer_status run(multi_buffer_operation *o) {
  multi_buffer_status status = multi_buffer_hash(o);
  if (status != MULTI_BUFFER_OK) return status;
  uint8_t *r[SLOTS], *s[SLOTS];
  const uint8_t *hash[SLOTS];
  const uint64_t *nonce[SLOTS], *scalar[SLOTS];
  for (int i = 0; i < SLOTS; i++) {
    r[i] = o->slots[i].signature;
    s[i] = o->slots[i].signature + o->number_length;
    hash[i] = o->slots[i].hash;
    nonce[i] = o->slots[i].nonce;
    scalar[i] = o->scalar;
  }
  return o->sign_ecdsa(r, s, hash, nonce, scalar, NULL) == 0 ? MULTI_BUFFER_OK : MULTI_BUFFER_SIGN_FAILED;
}

// From 1 to the order - 1 (FIPS 186-5 §6.3). Made once, for a key that is thrown away when it is measured: a nonce that
// comes twice gives the private key away. A minter takes a new one for each signature, hence this limit is stricter than fair.
static multi_buffer_status make_nonces(multi_buffer_operation *o) {
  BIGNUM *order = NULL, *nonce = BN_secure_new();
  multi_buffer_status status = MULTI_BUFFER_SETUP_FAILED;
  if (nonce == NULL || EVP_PKEY_get_bn_param(o->key, OSSL_PKEY_PARAM_EC_ORDER, &order) != 1) goto end;
  for (int i = 0; i < SLOTS; i++) {
    do {
      if (BN_priv_rand_range(nonce, order) != 1) goto end;
    } while (BN_is_zero(nonce));
    if (BN_bn2lebinpad(nonce, (uint8_t *)o->slots[i].nonce, sizeof(multi_buffer_number)) < 0) goto end;
  }
  status = MULTI_BUFFER_OK;
end:
  BN_clear_free(nonce);
  BN_free(order);
  return status;
}

static int make_der(const multi_buffer_operation *o, const multi_buffer_slot *slot, uint8_t **der) {
  ECDSA_SIG *signature = ECDSA_SIG_new();
  BIGNUM *r = BN_bin2bn(slot->signature, (int)o->number_length, NULL);
  BIGNUM *s = BN_bin2bn(slot->signature + o->number_length, (int)o->number_length, NULL);
  if (signature == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(signature, r, s) != 1) {
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(signature);
    return -1;
  }
  int length = i2d_ECDSA_SIG(signature, der);
  ECDSA_SIG_free(signature);
  return length;
}

static multi_buffer_status check(const multi_buffer_operation *o, const multi_buffer_slot *slot) {
  uint8_t *der = NULL;
  int length = make_der(o, slot, &der);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, o->key, NULL);
  multi_buffer_status status = MULTI_BUFFER_WRONG_SIGNATURE;
  if (length > 0 && context != NULL && EVP_PKEY_verify_init(context) == 1 &&
      EVP_PKEY_verify(context, der, (size_t)length, slot->hash, (size_t)EVP_MD_get_size(o->digest)) == 1) {
    status = MULTI_BUFFER_OK;
  }
  EVP_PKEY_CTX_free(context);
  OPENSSL_free(der);
  return status;
}

multi_buffer_status multi_buffer_set_up_ecdsa(multi_buffer_operation *o) {
  int bits = EVP_PKEY_get_bits(o->key);
  if (bits != 256 && bits != 384) return MULTI_BUFFER_NO_KIND;
  o->run = run;
  o->check = check;
  o->sign_ecdsa = bits == 256 ? multi_buffer_library.sign_p256 : multi_buffer_library.sign_p384;
  o->number_length = (size_t)bits / 8;
  multi_buffer_status status = multi_buffer_set_up_hash(o, bits == 256 ? "SHA256" : "SHA384");
  if (status == MULTI_BUFFER_OK) status = multi_buffer_read_number(o, OSSL_PKEY_PARAM_PRIV_KEY, o->scalar);
  return status == MULTI_BUFFER_OK ? make_nonces(o) : status;
}
