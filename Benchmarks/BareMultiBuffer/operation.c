#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "multi_buffer.h"

static multi_buffer_status set_up(multi_buffer_operation *o) {
  if (EVP_PKEY_is_a(o->key, "EC")) return multi_buffer_set_up_ecdsa(o);
  if (EVP_PKEY_is_a(o->key, "ED25519")) return multi_buffer_set_up_ed25519(o);
  return EVP_PKEY_is_a(o->key, "RSA") ? multi_buffer_set_up_rsa(o) : MULTI_BUFFER_NO_KIND;
}

static multi_buffer_status copy_message(multi_buffer_operation *o, multi_buffer_message message) {
  o->length = message.length;
  o->prefix_length = message.prefix_length;
  for (int i = 0; i < SLOTS; i++) {
    o->slots[i].message = malloc(message.length);
    if (o->slots[i].message == NULL) return MULTI_BUFFER_NO_MEMORY;
    memcpy(o->slots[i].message, message.bytes, message.length);
  }
  return MULTI_BUFFER_OK;
}

static multi_buffer_status read_key(multi_buffer_operation *o, const uint8_t *pem, size_t length) {
  BIO *source = BIO_new_mem_buf(pem, (int)length);
  if (source == NULL) return MULTI_BUFFER_NO_MEMORY;
  o->key = PEM_read_bio_PrivateKey(source, NULL, NULL, "");
  BIO_free(source);
  return o->key == NULL ? MULTI_BUFFER_BAD_KEY : MULTI_BUFFER_OK;
}

static multi_buffer_status run_and_check(multi_buffer_operation *o) {
  multi_buffer_status status = o->run(o);
  for (int i = 0; i < SLOTS && status == MULTI_BUFFER_OK; i++) status = o->check(o, &o->slots[i]);
  return status;
}

static multi_buffer_status make(
    const uint8_t *pem, size_t length, multi_buffer_message message, multi_buffer_status (*set_up)(multi_buffer_operation *),
    multi_buffer_operation **made) {
  multi_buffer_operation *o = *made = calloc(1, sizeof *o);
  if (o == NULL) return MULTI_BUFFER_NO_MEMORY;
  multi_buffer_status status = multi_buffer_open();
  if (status == MULTI_BUFFER_OK) status = copy_message(o, message);
  if (status == MULTI_BUFFER_OK) status = read_key(o, pem, length);
  if (status == MULTI_BUFFER_OK) status = set_up(o);
  if (status == MULTI_BUFFER_OK) status = run_and_check(o);
  if (status == MULTI_BUFFER_OK) return MULTI_BUFFER_OK;
  multi_buffer_free(o);
  *made = NULL;
  return status;
}

multi_buffer_status multi_buffer_make(const uint8_t *pem, size_t length, multi_buffer_message message, multi_buffer_operation **made) {
  return make(pem, length, message, set_up, made);
}

multi_buffer_status multi_buffer_make_pss(const uint8_t *pem, size_t length, multi_buffer_message message, multi_buffer_operation **made) {
  return make(pem, length, message, multi_buffer_set_up_pss, made);
}

void multi_buffer_free(multi_buffer_operation *operation) {
  if (operation == NULL) return;
  for (int i = 0; i < SLOTS; i++) free(operation->slots[i].message);
  EVP_MD_CTX_free(operation->absorbed);
  EVP_MD_CTX_free(operation->working);
  EVP_MD_free(operation->digest);
  EVP_PKEY_free(operation->key);
  free(operation->buffer);
  OPENSSL_cleanse(operation, sizeof *operation);
  free(operation);
}

multi_buffer_status multi_buffer_repeat(multi_buffer_operation *operation, size_t count) {
  for (size_t done = 0; done < count; done += SLOTS) {
    multi_buffer_status status = operation->run(operation);
    if (status != MULTI_BUFFER_OK) return status;
  }
  return MULTI_BUFFER_OK;
}

multi_buffer_status multi_buffer_read_number(const multi_buffer_operation *operation, const char *name, multi_buffer_number number) {
  BIGNUM *read = NULL;
  if (EVP_PKEY_get_bn_param(operation->key, name, &read) != 1) return MULTI_BUFFER_BAD_KEY;
  int length = BN_bn2lebinpad(read, (uint8_t *)number, sizeof(multi_buffer_number));
  BN_clear_free(read);
  return length < 0 ? MULTI_BUFFER_BAD_KEY : MULTI_BUFFER_OK;
}
