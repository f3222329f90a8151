// TextExtraction: takes what an EXTRACT- setting, or a stanza of transforms.conf, takes out of a
// text.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/arena.h"
#include "exec/run_context.h"
#include "plan/computed_columns.h"
#include "value/regex.h"
#include "value/value.h"

namespace spelk::exec {

// What takes the values that are found. They are pieces of the text, or live in the arena.
class TakesValues {
 public:
  virtual ~TakesValues() = default;
  // The value of one of the extraction's targets, by its place.
  virtual void Take(size_t target, std::string_view text) = 0;
  // Of a column that the extraction names.
  virtual void TakeColumn(std::string_view name, std::string_view text) = 0;
  // Of a name that the text gives, cleaned if that is asked for.
  virtual void TakeNamed(std::string_view name, std::string_view text) = 0;
  // Nothing more is wanted.
  virtual bool full() const { return false; }
};

// Belongs to one worker: holds scratch memory.
class TextExtraction {
 public:
  // The extraction and the run outlive it. InvalidArgument for a regular expression that does not
  // compile.
  static absl::StatusOr<TextExtraction> Make(const plan::Extraction& extraction,
                                             const RunContext& run);

  void Run(const Value& value, Arena& arena, TakesValues& taker);

 private:
  TextExtraction(const plan::Extraction& extraction, const RunContext& run)
      : extraction_(&extraction), run_(&run) {}
  std::optional<std::string_view> Fill(const plan::ExtractedText& made, std::string_view text,
                                       Arena& arena) const;
  void Match(std::string_view text, Arena& arena, TakesValues& taker);
  void Cut(std::string_view text, TakesValues& taker) const;
  void CutPairs(std::string_view text, TakesValues& taker) const;
  void TakePair(std::string_view name, std::string_view text, TakesValues& taker) const;

  const plan::Extraction* extraction_;
  const RunContext* run_;
  std::unique_ptr<Regex> regex_;  // Null: it cuts.
  std::unique_ptr<RegexMatcher> matcher_;
};

}  // namespace spelk::exec
