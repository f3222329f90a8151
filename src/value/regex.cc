// PCRE2 behind a small door.
#define PCRE2_CODE_UNIT_WIDTH 8
#include "value/regex.h"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "value/match_memo.h"
#include "value/regex_work.h"

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
  std::string pattern;
  std::optional<RegexWork> work;
  ~Code() { pcre2_code_free(code); }
};

Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

namespace {

pcre2_code* CompileCode(std::string_view pattern, uint32_t options, int* error, size_t* offset) {
  pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
  pcre2_set_parens_nest_limit(context, kMostNesting);
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                    PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | options, error,
                    offset, context);
  pcre2_compile_context_free(context);
  return code;
}

// The work of one match, counted before each part of the pattern: the step, and what was run over
// since the step before.
struct StepCounter {
  uint64_t steps = 0;
  uint64_t most = 0;
  size_t last = 0;
};

int CountStep(pcre2_callout_block* block, void* counter) {
  constexpr size_t kBytesOfStep = 16;
  auto& count = *static_cast<StepCounter*>(counter);
  const size_t at = block->current_position;
  count.steps += 1 + (std::max(at, count.last) - std::min(at, count.last)) / kBytesOfStep;
  count.last = at;
  return count.steps > count.most ? PCRE2_ERROR_MATCHLIMIT : 0;
}

}  // namespace

absl::StatusOr<Regex> Regex::Compile(std::string_view pattern, bool allow_jit) {
  if (pattern.size() > kMostPattern) {
    return absl::InvalidArgumentError(
        fmt::format("the pattern is longer than {} bytes", kMostPattern));
  }
  int error = 0;
  size_t offset = 0;
  Regex regex;
  regex.pattern_ = pattern;
  regex.code_ = std::make_unique<Code>();
  regex.code_->code = CompileCode(pattern, 0, &error, &offset);
  if (regex.code_->code == nullptr) {
    return absl::InvalidArgumentError(fmt::format("{} at offset {}", MessageFor(error), offset));
  }
  uint32_t captures = 0;
  pcre2_pattern_info(regex.code_->code, PCRE2_INFO_CAPTURECOUNT, &captures);
  if (captures > kMostGroups) {
    return absl::InvalidArgumentError(fmt::format("more than {} groups", kMostGroups));
  }
  regex.capture_count_ = captures;
  regex.code_->pattern = pattern;
  regex.code_->work.emplace(pattern);
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
  const std::string* pattern = nullptr;
  uint32_t limit = 0;
  pcre2_match_data* data = nullptr;
  pcre2_match_context* context = nullptr;
  pcre2_jit_stack* stack = nullptr;
  // The same pattern with a call before each part of it; made when a text asks for it.
  pcre2_code* counted_code = nullptr;
  pcre2_match_context* counted = nullptr;
  StepCounter counter;
  // The text that was looked at last, and whether it needs no counting.
  std::string_view text;
  bool bounded = false;
  MatchMemo memo;
  size_t places = 0;  // Of a match that the memo keeps; 0 if it does not.
  // Begins and ends of the last match, in `data` or in the memo.
  const PCRE2_SIZE* found = nullptr;

  ~State() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_jit_stack_free(stack);
    pcre2_match_context_free(counted);
    pcre2_code_free(counted_code);
  }
  // As Match; the first match of a text may be known.
  int MatchFirst(std::string_view subject) {
    MatchMemo::Entry* entry = places > 0 ? memo.Find(subject) : nullptr;
    if (entry != nullptr && entry->known) {
      text = {};
      found = entry->places.data();
      return entry->matched ? 1 : PCRE2_ERROR_NOMATCH;
    }
    const int result = Search(subject, 0);
    if (entry == nullptr || (result < 0 && result != PCRE2_ERROR_NOMATCH)) return result;
    if (result >= 0) std::copy_n(found, places, entry->places.begin());
    MatchMemo::Fill(subject, result >= 0, entry);
    return result;
  }

  int Search(std::string_view subject, size_t start) {
    found = pcre2_get_ovector_pointer(data);
    return IsBounded(subject, start) ? Match(subject, start) : MatchCounted(subject, start);
  }

  // One text is searched from its beginning on, match by match.
  bool IsBounded(std::string_view subject, size_t start) {
    if (start == 0 || subject.data() != text.data() || subject.size() != text.size()) {
      text = subject;
      bounded = code->work->IsBounded(subject);
    }
    return bounded;
  }

  int Match(std::string_view subject, size_t start) const {
    const auto* bytes = reinterpret_cast<PCRE2_SPTR>(subject.data());
    const int result = pcre2_match(code->code, bytes, subject.size(), start, 0, data, context);
    if (result != PCRE2_ERROR_JIT_STACKLIMIT) return result;
    return pcre2_match(code->code, bytes, subject.size(), start, PCRE2_NO_JIT, data, context);
  }

  int MatchCounted(std::string_view subject, size_t start) {
    constexpr uint64_t kStepsOfByte = 10;  // What a long text takes without any trouble.
    if (counted_code == nullptr) {
      int error = 0;
      size_t offset = 0;
      counted_code = CompileCode(*pattern, PCRE2_AUTO_CALLOUT, &error, &offset);
      if (counted_code == nullptr) return PCRE2_ERROR_MATCHLIMIT;
      counted = NewContext();
      pcre2_set_callout(counted, &CountStep, &counter);
    }
    counter = {0, limit + kStepsOfByte * subject.size(), start};
    return pcre2_match(counted_code, reinterpret_cast<PCRE2_SPTR>(subject.data()), subject.size(),
                       start, 0, data, counted);
  }

  // PCRE2's own limit counts anew wherever in the text a match may begin.
  static pcre2_match_context* NewContext() {
    pcre2_match_context* made = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(made, std::numeric_limits<uint32_t>::max());
    pcre2_set_heap_limit(made, kHeapLimitKiB);
    return made;
  }
};

RegexMatcher::RegexMatcher(const Regex& regex, uint32_t match_limit)
    : state_(std::make_unique<State>()) {
  state_->code = regex.code_.get();
  state_->pattern = &regex.code_->pattern;
  state_->limit = match_limit;
  state_->data = pcre2_match_data_create_from_pattern(regex.code_->code, nullptr);
  state_->context = State::NewContext();
  const size_t places = 2 * size_t{pcre2_get_ovector_count(state_->data)};
  if (places <= MatchMemo::kMostPlaces) state_->places = places;
  if (!regex.code_->jit) return;
  // So small that it runs out before the interpreter's memory would: a word at least is kept where
  // the interpreter keeps a frame.
  size_t frame = 0;
  pcre2_pattern_info(regex.code_->code, PCRE2_INFO_FRAMESIZE, &frame);
  const size_t most = (size_t{kHeapLimitKiB} << 10U) / std::max<size_t>(1, frame) * sizeof(void*);
  state_->stack = pcre2_jit_stack_create(std::min(kFirstJitStack, most),
                                         std::min(kLastJitStack, most), nullptr);
  pcre2_jit_stack_assign(state_->context, nullptr, state_->stack);
}

RegexMatcher::RegexMatcher(RegexMatcher&&) noexcept = default;
RegexMatcher::~RegexMatcher() = default;

MatchResult RegexMatcher::Match(std::string_view text, size_t start) {
  if (start > text.size()) return MatchResult::kNo;
  const int result = start == 0 ? state_->MatchFirst(text) : state_->Search(text, start);
  if (result >= 0) return MatchResult::kYes;
  return result == PCRE2_ERROR_NOMATCH ? MatchResult::kNo : MatchResult::kLimit;
}

std::optional<std::string_view> RegexMatcher::Group(std::string_view text, size_t index) const {
  if (index >= pcre2_get_ovector_count(state_->data)) return std::nullopt;
  const PCRE2_SIZE begin_at = state_->found[2 * index];
  const PCRE2_SIZE end_at = state_->found[2 * index + 1];
  if (begin_at == PCRE2_UNSET || end_at < begin_at) return std::nullopt;
  return text.substr(begin_at, end_at - begin_at);
}

size_t RegexMatcher::begin(size_t index) const { return state_->found[2 * index]; }
size_t RegexMatcher::end(size_t index) const { return state_->found[2 * index + 1]; }

size_t RegexMatcher::NextStart(std::string_view text) const {
  const size_t match_begin = begin(0);
  size_t next = end(0);
  if (next > match_begin) return next;
  // Past the character after an empty match.
  ++next;
  while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) ++next;
  return next;
}

}  // namespace spelk
