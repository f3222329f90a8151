// EXTRACT- and REPORT-: fields out of the text of another one.
#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/string_map.h"
#include "exec/scan/rule_runner.h"
#include "exec/text_extraction.h"

namespace spelk::exec {
namespace {

class ExtractRunner final : public RuleRunner, private TakesValues {
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
    SPELK_ASSIGN_OR_RETURN(TextExtraction made, TextExtraction::Make(extraction_, run_));
    text_ = std::make_unique<TextExtraction>(std::move(made));
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
      for (const Value& text : source.each()) text_->Run(text, arena, *this);
      for (size_t t = 0; t < targets_.size(); ++t) {
        const Value own = replaces_ ? Value::Null() : columns->column(targets_[t]).At(row);
        if (found_[t].empty() || (!own.is_null() && !extraction_.add)) continue;
        results[t][row] = takes_all_ ? Joined(own, found_[t], arena) : found_[t].front();
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
    for (const Value& text : source.each()) {
      text_->Run(text, columns->memory()->arena, *this);
    }
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

  void Take(size_t target, std::string_view text) override {
    if (text.empty() && !extraction_.keep_empty) return;
    // Without MV_ADD only the first one counts.
    if (!found_[target].empty() && !takes_all_) return;
    const size_t bytes = 4 * (++count_ + 16) * sizeof(Value);
    exhausted_ = exhausted_ || (bytes > reservation_.bytes() && !reservation_.Resize(2 * bytes));
    if (!exhausted_) found_[target].push_back(Value::Text(text));
  }
  void TakeColumn(std::string_view name, std::string_view text) override {
    const auto target = by_name_.find(name);
    if (target != by_name_.end()) Take(target->second, text);
  }
  void TakeNamed(std::string_view name, std::string_view text) override {
    if (open_ != nullptr && (!text.empty() || extraction_.keep_empty)) {
      open_->Add(name, Value::Text(text), extraction_.add);
      return;
    }
    TakeColumn(name, text);
  }
  bool full() const override { return exhausted_; }

  const plan::ComputedColumns& rule_;
  const plan::Extraction& extraction_;
  // All matches without MV_ADD: they take the place of the values there are (TOKENIZER).
  const bool replaces_ = extraction_.repeat && !extraction_.add && !extraction_.regex.empty() &&
                         extraction_.names.empty();
  const bool takes_all_ = extraction_.add || replaces_;
  const RunContext& run_;
  std::unique_ptr<TextExtraction> text_;
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
