// EXTRACT- and REPORT-: fields out of the text of another one.
#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/string_map.h"
#include "exec/scan/rule_runner.h"
#include "value/number.h"
#include "value/regex.h"

namespace spelk::exec {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// CLEAN_KEYS: letters and digits of ASCII stay, anything else becomes `_`; none of those, and no
// digits, at the beginning.
std::string CleanName(std::string_view name) {
  std::string clean;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (clean.empty() && !letter) continue;
    clean += letter || digit ? c : '_';
  }
  return clean;
}

// Cuts a text at characters. What stands in "…" is not cut; the quotes are dropped.
class Pieces {
 public:
  // `every`: an empty piece between two delimiters of one kind counts; a run of different ones
  // (", ") is one.
  Pieces(std::string_view text, std::string_view delimiters, bool every)
      : text_(text), delimiters_(delimiters), every_(every) {}

  std::optional<std::string_view> Next() {
    if (!every_) SkipDelimiters();
    if (done_ || (!every_ && text_.empty())) return std::nullopt;
    size_t at = 0;
    bool quoted = false;
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (c == '\\' && at + 1 < text_.size()) {
        ++at;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && IsDelimiter(c)) {
        break;
      }
    }
    const std::string_view piece = text_.substr(0, at);
    done_ = at == text_.size();
    if (!done_) {
      const char first = text_[at];
      text_.remove_prefix(at + 1);
      while (every_ && !text_.empty() && text_[0] != first && IsDelimiter(text_[0])) {
        text_.remove_prefix(1);
      }
    }
    return Unquoted(Trim(piece));
  }

  static std::string_view Unquoted(std::string_view text) {
    const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return quoted ? text.substr(1, text.size() - 2) : text;
  }

 private:
  bool IsDelimiter(char c) const { return delimiters_.find(c) != std::string_view::npos; }
  void SkipDelimiters() {
    while (!text_.empty() && IsDelimiter(text_.front())) text_.remove_prefix(1);
  }

  std::string_view text_;
  const std::string_view delimiters_;
  const bool every_;
  bool done_ = false;
};

class ExtractRunner final : public RuleRunner {
 public:
  ExtractRunner(const plan::ComputedColumns& rule, const RunContext& run)
      : rule_(rule),
        extraction_(rule.extraction),
        run_(run),
        found_(rule.targets.size()),
        reservation_(run.budget) {}

  absl::Status Prepare(const Schema& schema) {
    source_ = *schema.Find(extraction_.source);
    for (const Field target : rule_.targets) {
      by_name_.emplace(target.name(), targets_.size());
      targets_.push_back(*schema.Find(target));
    }
    if (extraction_.regex.empty()) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(Regex regex, Regex::Compile(extraction_.regex));
    regex_ = std::make_unique<Regex>(std::move(regex));
    matcher_ = std::make_unique<RegexMatcher>(*regex_);
    return absl::OkStatus();
  }

  absl::Status Run(const std::vector<uint32_t>& rows, ScanColumns* columns) override {
    Arena& arena = columns->memory()->arena;
    std::vector<Value*> results;
    for (size_t t = 0; t < targets_.size(); ++t) {
      results.push_back(arena.AllocateArray<Value>(columns->physical_rows()));
    }
    SPELK_RETURN_IF_ERROR(arena.status("reading events"));
    std::vector<std::vector<uint32_t>> changed(targets_.size());
    for (const uint32_t row : rows) {
      for (std::vector<Value>& found : found_) found.clear();
      count_ = 0;
      const Value source = columns->column(source_).At(row);  // Of which each() is a view.
      for (const Value& text : source.each()) Extract(text, arena);
      for (size_t t = 0; t < targets_.size(); ++t) {
        const Value own = columns->column(targets_[t]).At(row);
        if (found_[t].empty() || (!own.is_null() && !extraction_.add)) continue;
        results[t][row] = extraction_.add ? Joined(own, found_[t], arena) : found_[t].front();
        changed[t].push_back(row);
      }
      SPELK_RETURN_IF_ERROR(arena.status("reading events"));
      if (exhausted_) return run_.budget->Exhausted("reading events", 2 * reservation_.bytes());
    }
    for (size_t t = 0; t < targets_.size(); ++t) {
      if (changed[t].empty()) continue;
      SPELK_RETURN_IF_ERROR(columns->Change(
          targets_[t], changed[t], Column::Values({results[t], columns->physical_rows()})));
    }
    return absl::OkStatus();
  }

  absl::Status AddAll(uint32_t row, ScanColumns* columns, OpenFields* fields) override {
    const Value source = columns->column(source_).At(row);  // Of which each() is a view.
    open_ = fields;
    for (std::vector<Value>& found : found_) found.clear();
    count_ = 0;
    for (const Value& text : source.each()) Extract(text, columns->memory()->arena);
    open_ = nullptr;
    SPELK_RETURN_IF_ERROR(columns->memory()->arena.status("reading events"));
    if (exhausted_) return run_.budget->Exhausted("reading events", 2 * reservation_.bytes());
    return absl::OkStatus();
  }

 private:
  static Value Joined(const Value& own, const std::vector<Value>& found, Arena& arena) {
    auto* all = arena.AllocateArray<Value>(own.count() + found.size());
    if (all == nullptr) return Value::Null();
    std::copy(own.each().begin(), own.each().end(), all);
    std::copy(found.begin(), found.end(), all + own.count());
    return Value::Multi({all, own.count() + found.size()});
  }

  void Extract(const Value& value, Arena& arena) {
    char buffer[kNumberText];
    const std::string_view text =
        value.is_text() ? value.text() : arena.Copy(TextOf(value, buffer));
    if (regex_ != nullptr) {
      Match(text, arena);
    } else if (!extraction_.columns.empty()) {
      Cut(text);
    } else {
      CutPairs(text);
    }
  }

  void Take(size_t target, std::string_view text) {
    if (text.empty() && !extraction_.keep_empty) return;
    // Without MV_ADD only the first one counts.
    if (!found_[target].empty() && !extraction_.add) return;
    const size_t bytes = 4 * (++count_ + 16) * sizeof(Value);
    exhausted_ = exhausted_ || (bytes > reservation_.bytes() && !reservation_.Resize(2 * bytes));
    if (!exhausted_) found_[target].push_back(Value::Text(text));
  }
  void TakeNamed(std::string_view name, std::string_view text) {
    const std::string clean = extraction_.clean_names ? CleanName(name) : std::string(name);
    if (open_ != nullptr && (!text.empty() || extraction_.keep_empty)) {
      open_->Add(clean, Value::Text(text), extraction_.add);
      return;
    }
    const auto target = by_name_.find(clean);
    if (target != by_name_.end()) Take(target->second, text);
  }

  // A piece of the text where it is one; nothing where no group took part.
  std::optional<std::string_view> Fill(const plan::ExtractedText& made, std::string_view text,
                                       Arena& arena) const {
    if (made.groups.size() == 1 && made.texts[0].empty() && made.texts[1].empty()) {
      return matcher_->Group(text, static_cast<size_t>(made.groups[0]));
    }
    std::string out = made.texts[0];
    bool any = made.groups.empty();
    for (size_t g = 0; g < made.groups.size(); ++g) {
      const auto group = matcher_->Group(text, static_cast<size_t>(made.groups[g]));
      any = any || group.has_value();
      out += group.value_or("");
      out += made.texts[g + 1];
    }
    if (!any) return std::nullopt;
    return arena.Copy(out);
  }

  void Match(std::string_view text, Arena& arena) {
    for (size_t start = 0; start <= text.size() && !arena.exhausted() && !exhausted_;) {
      const MatchResult result = matcher_->Match(text, start);
      if (result == MatchResult::kLimit) {
        run_.evaluation.counters->regex_limits.fetch_add(1, std::memory_order_relaxed);
      }
      if (result != MatchResult::kYes) return;
      for (size_t t = 0; t < extraction_.values.size(); ++t) {
        if (const auto value = Fill(extraction_.values[t], text, arena)) Take(t, *value);
      }
      for (size_t n = 0; n < extraction_.names.size(); ++n) {
        const auto name = Fill(extraction_.names[n], text, arena);
        const auto value = Fill(extraction_.named_values[n], text, arena);
        if (name && value) TakeNamed(*name, *value);
      }
      if (!extraction_.repeat) return;
      start = matcher_->NextStart(text);
    }
  }

  void Cut(std::string_view text) {
    Pieces pieces(text, extraction_.delimiters, true);
    for (const std::string& column : extraction_.columns) {
      const std::optional<std::string_view> piece = pieces.Next();
      if (!piece) return;
      const auto target = by_name_.find(column);
      if (target != by_name_.end()) Take(target->second, *piece);
    }
  }

  void CutPairs(std::string_view text) {
    Pieces pieces(text, extraction_.delimiters, false);
    if (extraction_.pair_delimiters.empty()) {
      // Names and values take turns.
      while (const auto name = pieces.Next()) {
        const auto value = pieces.Next();
        if (value) TakeNamed(*name, *value);
      }
      return;
    }
    while (const auto pair = pieces.Next()) {
      const size_t at = pair->find_first_of(extraction_.pair_delimiters);
      if (at == std::string_view::npos) continue;
      TakeNamed(Pieces::Unquoted(Trim(pair->substr(0, at))),
                Pieces::Unquoted(Trim(pair->substr(at + 1))));
    }
  }

  const plan::ComputedColumns& rule_;
  const plan::Extraction& extraction_;
  const RunContext& run_;
  std::unique_ptr<Regex> regex_;
  std::unique_ptr<RegexMatcher> matcher_;
  size_t source_ = 0;
  std::vector<size_t> targets_;
  StringMap<size_t> by_name_;              // Into targets_.
  std::vector<std::vector<Value>> found_;  // In one event, by target.
  size_t count_ = 0;                       // Of them.
  bool exhausted_ = false;
  OpenFields* open_ = nullptr;  // Takes what the text names, whatever it is.
  Reservation reservation_;
};

}  // namespace

absl::StatusOr<RuleRunnerPtr> MakeExtractRunner(const plan::ComputedColumns& rule,
                                                const Schema& schema, const RunContext& run) {
  auto runner = std::make_unique<ExtractRunner>(rule, run);
  SPELK_RETURN_IF_ERROR(runner->Prepare(schema));
  return runner;
}

}  // namespace spelk::exec
