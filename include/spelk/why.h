// spelk/why.h: why a search gave no rows, or drops an event. Standard library only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spelk {

// A command of a search, or a part of one, and how many rows passed it.
struct WhyStage {
  std::string name;   // The command, or what the planner calls a node of its own.
  std::string text;   // As it stands in the query; empty without a place.
  size_t line = 0;    // Its place, from 1; 0 without one.
  size_t offset = 0;  // In bytes of the query as it was given.
  size_t length = 0;
  bool known = false;  // False: its rows were not counted.
  uint64_t rows_in = 0;
  uint64_t rows_out = 0;
  std::string row;  // Of Query::WhyNot: the first row that came out, as JSON.
};

// One thing that stood in the way.
struct WhyFinding {
  enum class Kind : uint8_t {
    kMissing,    // No row has the field.
    kRemoved,    // An earlier command took the field away.
    kNoneFits,   // Rows have the field, and no value fits.
    kFeed,       // A sourcetype, source, index or host that the feed does not have.
    kText,       // A word or phrase that no event's text holds.
    kTimeRange,  // Every event is outside.
    kTogether,   // Each clause holds somewhere, all of them nowhere.
    kSubsearch,  // A subsearch gave no rows, or none that meet these.
    kClause,     // Any other condition that never held.
    kHint,       // How something was likely meant.
  };
  Kind kind = Kind::kClause;
  std::string field;    // Empty if it is about no field.
  uint64_t rows = 0;    // Of those that came to the stage, how many have the field.
  std::string nearest;  // The value that is nearest to what was asked for, if one is near.
  std::string text;     // For people: "Image: in 12, none equals …".
  size_t offset = 0;    // The condition's place in the query.
  size_t length = 0;
};

// A part of the expression that dropped an event, with what it gave.
struct WhyOperand {
  enum class Truth : uint8_t { kNone, kTrue, kFalse, kNull };
  size_t depth = 0;   // Parts of a part follow it, one deeper.
  std::string text;   // "Image LIKE \"*cmd*\""
  std::string value;  // What it gave; empty for what is true, false or null.
  std::string type;   // "text", "number", "multivalue of 2", "null" …
  Truth truth = Truth::kNone;
  bool failed = false;  // It is what made the whole not true.
  size_t offset = 0;
  size_t length = 0;
};

// Where the rows went.
struct Why {
  uint64_t events = 0;  // That were looked at.
  uint64_t kept = 0;    // By the base search.
  uint64_t rows = 0;    // Of the result.
  // Events were looked at a second time, and these are not all of them: counts are of the sample.
  bool sample = false;
  uint64_t bytes = 0;                  // That were looked at, after decompression.
  bool generates = false;              // The search makes its own rows.
  std::vector<WhyStage> stages;        // In the order of the query.
  std::optional<size_t> dropped_by;    // The stage after which no row was left.
  std::vector<WhyFinding> findings;    // The likeliest cause first.
  std::vector<WhyOperand> expression;  // Of Query::WhyNot: of that stage's condition.

  // "no rows: 1,001 events read; …" and at most `lines` - 1 findings.
  std::string RenderNoRows(size_t lines = 8) const;
  // Stage by stage, the expression, the findings.
  std::string Render() const;
  // All of it, as one JSON object on one line.
  std::string Json() const;
};

}  // namespace spelk
