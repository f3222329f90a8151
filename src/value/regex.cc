// PCRE2 behind a small door.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "value/regex.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <utility>

namespace spelk {
namespace {

constexpr size_t kMostPattern = 64U << 10U;
constexpr size_t kMostGroups = 1000;
constexpr uint32_t kMostNesting = 250;
constexpr size_t kFirstJitStack = 32U << 10U;
constexpr size_t kLastJitStack = 1U << 20U;
constexpr uint32_t kHeapLimitKiB = 20'000;  // Of the interpreter's backtracking memory.

std::string MessageFor(int error) {
  unsigned char buffer[256];
  pcre2_get_error_message(error, buffer, sizeof(buffer));
  return reinterpret_cast<const char*>(buffer);
}

}  // namespace

struct Regex::Code {
  pcre2_code* code = nullptr;
  bool jit = false;
  ~Code() { pcre2_code_free(code); }
};

Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

absl::StatusOr<Regex> Regex::Compile(std::string_view pattern, bool allow_jit) {
  if (pattern.size() > kMostPattern) {
    return absl::InvalidArgumentError(
        fmt::format("the pattern is longer than {} bytes", kMostPattern));
  }
  pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
  pcre2_set_parens_nest_limit(context, kMostNesting);
  int error = 0;
  PCRE2_SIZE offset = 0;
  Regex regex;
  regex.pattern_ = pattern;
  regex.code_ = std::make_unique<Code>();
  regex.code_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
                                    &error, &offset, context);
  pcre2_compile_context_free(context);
  if (regex.code_->code == nullptr) {
    return absl::InvalidArgumentError(fmt::format("{} at offset {}", MessageFor(error), offset));
  }
  uint32_t captures = 0;
  pcre2_pattern_info(regex.code_->code, PCRE2_INFO_CAPTURECOUNT, &captures);
  if (captures > kMostGroups) {
    return absl::InvalidArgumentError(fmt::format("more than {} groups", kMostGroups));
  }
  regex.capture_count_ = captures;
  uint32_t names = 0;
  uint32_t entry_size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(regex.code_->code, PCRE2_INFO_NAMECOUNT, &names);
  pcre2_pattern_info(regex.code_->code, PCRE2_INFO_NAMEENTRYSIZE, &entry_size);
  pcre2_pattern_info(regex.code_->code, PCRE2_INFO_NAMETABLE, &table);
  regex.groups_.resize(names);
  for (uint32_t i = 0; i < names; ++i) {
    PCRE2_SPTR entry = table + i * entry_size;
    const size_t index = static_cast<size_t>(entry[0]) << 8U | entry[1];
    regex.groups_[i] = {reinterpret_cast<const char*>(entry + 2), index};
  }
  std::sort(regex.groups_.begin(), regex.groups_.end(),
            [](const Group& a, const Group& b) { return a.index < b.index; });
  regex.code_->jit = allow_jit && pcre2_jit_compile(regex.code_->code, PCRE2_JIT_COMPLETE) == 0;
  return regex;
}

struct RegexMatcher::State {
  const Regex::Code* code = nullptr;
  pcre2_match_data* data = nullptr;
  pcre2_match_context* context = nullptr;
  pcre2_jit_stack* stack = nullptr;

  ~State() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_jit_stack_free(stack);
  }
  const PCRE2_SIZE* vector() const { return pcre2_get_ovector_pointer(data); }
};

RegexMatcher::RegexMatcher(const Regex& regex, uint32_t match_limit)
    : state_(std::make_unique<State>()) {
  state_->code = regex.code_.get();
  state_->data = pcre2_match_data_create_from_pattern(regex.code_->code, nullptr);
  state_->context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(state_->context, match_limit);
  pcre2_set_heap_limit(state_->context, kHeapLimitKiB);
  if (!regex.code_->jit) return;
  state_->stack = pcre2_jit_stack_create(kFirstJitStack, kLastJitStack, nullptr);
  pcre2_jit_stack_assign(state_->context, nullptr, state_->stack);
}

RegexMatcher::RegexMatcher(RegexMatcher&&) noexcept = default;
RegexMatcher::~RegexMatcher() = default;

MatchResult RegexMatcher::Match(std::string_view text, size_t start) {
  if (start > text.size()) return MatchResult::kNo;
  const auto match = [&](uint32_t options) {
    return pcre2_match(state_->code->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                       start, options, state_->data, state_->context);
  };
  int result = match(0);
  // The JIT counts its steps in another way than the interpreter and has a stack of its own: what
  // it gives up on is asked of the interpreter, which decides.
  if (state_->code->jit &&
      (result == PCRE2_ERROR_JIT_STACKLIMIT || result == PCRE2_ERROR_MATCHLIMIT)) {
    result = match(PCRE2_NO_JIT);
  }
  if (result >= 0) return MatchResult::kYes;
  return result == PCRE2_ERROR_NOMATCH ? MatchResult::kNo : MatchResult::kLimit;
}

std::optional<std::string_view> RegexMatcher::Group(std::string_view text, size_t index) const {
  if (index >= pcre2_get_ovector_count(state_->data)) return std::nullopt;
  const PCRE2_SIZE begin_at = state_->vector()[2 * index];
  const PCRE2_SIZE end_at = state_->vector()[2 * index + 1];
  if (begin_at == PCRE2_UNSET || end_at < begin_at) return std::nullopt;
  return text.substr(begin_at, end_at - begin_at);
}

size_t RegexMatcher::begin(size_t index) const { return state_->vector()[2 * index]; }
size_t RegexMatcher::end(size_t index) const { return state_->vector()[2 * index + 1]; }

size_t RegexMatcher::NextStart(std::string_view text) const {
  const size_t match_begin = begin(0);
  size_t next = end(0);
  if (next > match_begin) return next;
  // Past the character behind an empty match.
  ++next;
  while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) ++next;
  return next;
}

}  // namespace spelk
