#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

// Swift imports no macro that combines others; these two do.
static const int OPENSSL_SELECT_PUBLIC_KEY = EVP_PKEY_PUBLIC_KEY;
static const int OPENSSL_SELECT_KEYPAIR = EVP_PKEY_KEYPAIR;
