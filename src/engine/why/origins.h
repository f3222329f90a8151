// FieldOrigins: which stages of a search make a field, and which take it away.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/why/field_profile.h"
#include "plan/nodes.h"

namespace spelk::engine {

// A stage that should have made a field.
struct FieldMaker {
  std::string by;     // "rex (line 2)", with what it reads and has not got; empty: no stage.
  std::string note;   // What it had to work with: "; User is ana, bo".
  bool gave = false;  // It gave the field to rows, which do not come so far.
};

// Of the stages before one of them. What it is given must outlive it.
class FieldOrigins {
 public:
  // `named` says what a report calls a stage: "rex (line 2)"; `table` what the table of a lookup
  // holds, if it is one; `before` which rows came to a stage, null if that is not known.
  FieldOrigins(const std::vector<plan::Node*>& chain, size_t stage, const FieldTable& fields,
               const FieldProfile& events, const FieldProfile& rows,
               std::function<std::string(size_t stage)> named,
               std::function<std::string(size_t stage)> table,
               std::function<const FieldProfile*(size_t stage)> before)
      : chain_(chain),
        stage_(stage),
        fields_(fields),
        events_(events),
        rows_(rows),
        named_(std::move(named)),
        table_(std::move(table)),
        before_(std::move(before)) {}

  FieldMaker MadeBy(std::string_view name) const;
  // "stats (line 2), which gives a, b"; empty if no stage takes it away.
  std::string RemovedBy(std::string_view name) const { return RemovedBefore(name, stage_); }
  // Whether events have it, or a stage made it.
  bool Existed(std::string_view name) const { return ExistedBefore(name, stage_); }
  // The stage from which on no row has a field that rows had before it: "head (line 2)". Empty if
  // that is none.
  std::string LostAt(std::string_view name) const;

 private:
  std::string RemovedBefore(std::string_view name, size_t end) const;
  bool ExistedBefore(std::string_view name, size_t end) const;
  std::optional<size_t> MakerBefore(Field field, size_t end) const;
  // Why a stage does not get a field that it reads: "in no event".
  std::string WhyAbsent(size_t stage, Field field) const;
  // Whether rows that come to the stage have it; nothing if that is not known.
  std::optional<bool> Has(size_t stage, std::string_view name) const;
  FieldMaker Maker(size_t stage, Field field) const;
  std::string WhatItHad(size_t stage, const plan::FieldSet& reads, Field field) const;
  bool Makes(size_t stage, Field field) const;
  bool IsLastCommand(size_t stage, size_t end) const;
  bool IsPartOf(size_t stage, size_t whole) const;
  std::string Named(size_t stage) const;

  const std::vector<plan::Node*>& chain_;
  const size_t stage_;
  const FieldTable& fields_;
  const FieldProfile& events_;
  const FieldProfile& rows_;
  const std::function<std::string(size_t)> named_;
  const std::function<std::string(size_t)> table_;
  const std::function<const FieldProfile*(size_t)> before_;
};

}  // namespace spelk::engine
