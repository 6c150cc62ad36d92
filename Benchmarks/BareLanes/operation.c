#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "lanes.h"

static lanes_status set_up(lanes_operation *o) {
  if (EVP_PKEY_is_a(o->key, "EC")) return lanes_set_up_ecdsa(o);
  if (EVP_PKEY_is_a(o->key, "ED25519")) return lanes_set_up_ed25519(o);
  return EVP_PKEY_is_a(o->key, "RSA") ? lanes_set_up_rsa(o) : LANES_NO_KIND;
}

static lanes_status copy_message(lanes_operation *o, lanes_message message) {
  o->length = message.length;
  o->prefix_length = message.prefix_length;
  for (int i = 0; i < LANES; i++) {
    o->lanes[i].message = malloc(message.length);
    if (o->lanes[i].message == NULL) return LANES_NO_MEMORY;
    memcpy(o->lanes[i].message, message.bytes, message.length);
  }
  return LANES_OK;
}

static lanes_status read_key(lanes_operation *o, const uint8_t *pem, size_t length) {
  BIO *source = BIO_new_mem_buf(pem, (int)length);
  if (source == NULL) return LANES_NO_MEMORY;
  o->key = PEM_read_bio_PrivateKey(source, NULL, NULL, "");
  BIO_free(source);
  return o->key == NULL ? LANES_BAD_KEY : LANES_OK;
}

static lanes_status run_and_check(lanes_operation *o) {
  lanes_status status = o->run(o);
  for (int i = 0; i < LANES && status == LANES_OK; i++) status = o->check(o, &o->lanes[i]);
  return status;
}

static lanes_status make(
    const uint8_t *pem, size_t length, lanes_message message, lanes_status (*set_up)(lanes_operation *),
    lanes_operation **made) {
  lanes_operation *o = *made = calloc(1, sizeof *o);
  if (o == NULL) return LANES_NO_MEMORY;
  lanes_status status = lanes_open();
  if (status == LANES_OK) status = copy_message(o, message);
  if (status == LANES_OK) status = read_key(o, pem, length);
  if (status == LANES_OK) status = set_up(o);
  if (status == LANES_OK) status = run_and_check(o);
  if (status == LANES_OK) return LANES_OK;
  lanes_free(o);
  *made = NULL;
  return status;
}

lanes_status lanes_make(const uint8_t *pem, size_t length, lanes_message message, lanes_operation **made) {
  return make(pem, length, message, set_up, made);
}

lanes_status lanes_make_pss(const uint8_t *pem, size_t length, lanes_message message, lanes_operation **made) {
  return make(pem, length, message, lanes_set_up_pss, made);
}

void lanes_free(lanes_operation *operation) {
  if (operation == NULL) return;
  for (int i = 0; i < LANES; i++) free(operation->lanes[i].message);
  EVP_MD_CTX_free(operation->absorbed);
  EVP_MD_CTX_free(operation->working);
  EVP_MD_free(operation->digest);
  EVP_PKEY_free(operation->key);
  free(operation->buffer);
  OPENSSL_cleanse(operation, sizeof *operation);
  free(operation);
}

lanes_status lanes_repeat(lanes_operation *operation, size_t count) {
  for (size_t done = 0; done < count; done += LANES) {
    lanes_status status = operation->run(operation);
    if (status != LANES_OK) return status;
  }
  return LANES_OK;
}

lanes_status lanes_read_number(const lanes_operation *operation, const char *name, lanes_number number) {
  BIGNUM *read = NULL;
  if (EVP_PKEY_get_bn_param(operation->key, name, &read) != 1) return LANES_BAD_KEY;
  int length = BN_bn2lebinpad(read, (uint8_t *)number, sizeof(lanes_number));
  BN_clear_free(read);
  return length < 0 ? LANES_BAD_KEY : LANES_OK;
}
