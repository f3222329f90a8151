// Cryptographic functions: digests of a text's bytes, in lower-case hexadecimal digits.
// By libcrypto's plain functions: those behind EVP look for a provider at each call, fail where the
// system's policy forbids an algorithm, and bring all of libcrypto into a static program.
#define OPENSSL_API_COMPAT 0x10100000L
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <array>

#include "functions/entry.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kCryptoPage = "Cryptographic functions";

template <class Context, size_t kSize, int (*kInit)(Context*),
          int (*kUpdate)(Context*, const void*, size_t), int (*kFinal)(unsigned char*, Context*)>
Value Digest(Call& call, std::span<const Value> values) {
  const std::string_view text = call.TextOf(values[0]);
  std::array<unsigned char, kSize> digest{};
  Context context{};
  kInit(&context);
  kUpdate(&context, text.data(), text.size());
  kFinal(digest.data(), &context);
  constexpr std::string_view kHex = "0123456789abcdef";
  char* out = call.arena().AllocateText(kSize * 2);
  if (out == nullptr) return Value::Null();
  for (size_t i = 0; i < kSize; ++i) {
    out[2 * i] = kHex[digest[i] >> 4U];
    out[2 * i + 1] = kHex[digest[i] & 15U];
  }
  return Value::Text({out, kSize * 2});
}

constexpr auto* kMd5 = &Digest<MD5_CTX, MD5_DIGEST_LENGTH, MD5_Init, MD5_Update, MD5_Final>;
constexpr auto* kSha1 = &Digest<SHA_CTX, SHA_DIGEST_LENGTH, SHA1_Init, SHA1_Update, SHA1_Final>;
constexpr auto* kSha256 =
    &Digest<SHA256_CTX, SHA256_DIGEST_LENGTH, SHA256_Init, SHA256_Update, SHA256_Final>;
constexpr auto* kSha512 =
    &Digest<SHA512_CTX, SHA512_DIGEST_LENGTH, SHA512_Init, SHA512_Update, SHA512_Final>;

constexpr Example kMd5Examples[] = {
    {.title = "32 digits",
     .input = R"({"s":"hello"})",
     .query = "eval r=md5(s)",
     .output = R"({"s":"hello","r":"5d41402abc4b2a76b9719d911017c592"})"}};
constexpr Example kSha1Examples[] = {
    {.title = "40 digits",
     .input = R"({"s":"hello"})",
     .query = "eval r=sha1(s)",
     .output = R"({"s":"hello","r":"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"})"}};
constexpr Example kSha256Examples[] = {
    {.title = "64 digits",
     .input = R"({"s":"abc"})",
     .query = "eval r=sha256(s)",
     .output = R"({"s":"abc",)"
               R"("r":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"})"}};
constexpr Example kSha512Examples[] = {
    {.title = "128 digits",
     .input = R"({"s":"abc"})",
     .query = "eval r=sha512(s)",
     .output = R"({"s":"abc",)"
               R"("r":"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a)"
               R"(2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"})"}};

constexpr FunctionEntry Digest(std::string_view name, std::string_view signature,
                               std::string_view summary,
                               Value (*call)(Call&, std::span<const Value>),
                               std::span<const Example> examples) {
  return {.name = name,
          .signature = signature,
          .summary = summary,
          .page = kCryptoPage,
          .arity = {1, 1},
          .parameters = kTexts,
          .result = Type::kString,
          .call = call,
          .examples = examples};
}

constexpr FunctionEntry kCryptoTable[] = {
    Digest("md5", "md5(<text>)", "The MD5 digest of the text.", kMd5, kMd5Examples),
    Digest("sha1", "sha1(<text>)", "The SHA-1 digest of the text.", kSha1, kSha1Examples),
    Digest("sha256", "sha256(<text>)", "The SHA-256 digest of the text.", kSha256, kSha256Examples),
    Digest("sha512", "sha512(<text>)", "The SHA-512 digest of the text.", kSha512, kSha512Examples),
};

}  // namespace

std::span<const FunctionEntry> CryptoFunctions() { return kCryptoTable; }

}  // namespace spelk::functions
