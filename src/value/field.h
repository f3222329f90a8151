// Field: an interned field name. Comparing two fields compares two pointers.
#pragma once

#include <deque>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/arena.h"
#include "base/string_map.h"

namespace spelk {

// What a Field points to. Lives as long as its table.
struct FieldName {
  std::string_view name;
  bool hidden = false;     // Never seen by a query: carried for the engine's own use.
  bool parameter = false;  // Stands for something inside an expression; no row has it.
};

// A handle of one pointer. Equal names of one table (and its parents) are equal handles.
class Field {
 public:
  constexpr Field() = default;
  constexpr explicit Field(const FieldName* name) : name_(name) {}

  constexpr std::string_view name() const { return name_->name; }
  constexpr bool hidden() const { return name_->hidden; }
  constexpr bool parameter() const { return name_->parameter; }
  // Internal fields begin with `_`: `*` does not match them, `_*` does.
  constexpr bool internal() const { return !name_->name.empty() && name_->name.front() == '_'; }
  constexpr explicit operator bool() const { return name_ != nullptr; }

  friend constexpr bool operator==(Field, Field) = default;
  template <class H>
  friend H AbslHashValue(H h, Field field) {
    return H::combine(std::move(h), field.name_);
  }

 private:
  const FieldName* name_ = nullptr;
};

// Fields that no query can name, whatever its text.
namespace hidden {
inline constexpr FieldName kLineName{"(line)", true};
inline constexpr FieldName kTimeName{"(time)", true};
inline constexpr Field kLine{&kLineName};  // The event's line as it came, for output in full.
inline constexpr Field kTime{&kTimeName};  // Microseconds; what "newest first" goes by.
inline constexpr FieldName kTimeAskedName{"(time asked)", true};
// The same, only for the run to tell whether events have it: no order goes by it.
inline constexpr Field kTimeAsked{&kTimeAskedName};
inline constexpr FieldName kSourcetypesName{"(sourcetypes)", true};
inline constexpr FieldName kSourcesName{"(sources)", true};
inline constexpr Field kSourcetypes{&kSourcetypesName};  // All names that a base search tries.
inline constexpr Field kSources{&kSourcesName};
inline constexpr FieldName kRowName{"(row)", true};
inline constexpr Field kRow{&kRowName};  // Which row of the stream it is, counted from 0.
inline constexpr FieldName kIndexName{"(index)", true};
inline constexpr Field kIndex{&kIndexName};  // The index that the event or its input has, or null.
inline constexpr FieldName kImplicitName{"(implicit)", true};
// What an event was given only for commands to read, and what it has itself
// (exec/scan/implicit_fields.h).
inline constexpr Field kImplicit{&kImplicitName};
// One value of a multivalue inside of mvmap() and mvfilter(); how deep these nest, from within.
inline constexpr FieldName kValueNames[] = {{"(value)", true, true},   {"(value 2)", true, true},
                                            {"(value 3)", true, true}, {"(value 4)", true, true},
                                            {"(value 5)", true, true}, {"(value 6)", true, true},
                                            {"(value 7)", true, true}, {"(value 8)", true, true}};
inline constexpr Field kAll[] = {kLine,    kTime, kTimeAsked, kSourcetypes,
                                 kSources, kRow,  kIndex,     kImplicit};
}  // namespace hidden

// The interned names of an engine, or of a run on top of an engine's. Thread-safe.
class FieldTable {
 public:
  // Names found in `parent` are shared with it. `budget` (may be null) is charged for new names.
  explicit FieldTable(const FieldTable* parent = nullptr, MemoryBudget* budget = nullptr);

  // The field of that name, made if new. ResourceExhausted when the budget is used up.
  absl::StatusOr<Field> TryIntern(std::string_view name);
  // For names out of a query, which is limited in length: never fails, and the budget is not asked.
  Field Intern(std::string_view name);
  // A null field if the name was never interned.
  Field Find(std::string_view name) const;

 private:
  Field Make(std::string_view name);

  const FieldTable* parent_;
  mutable std::shared_mutex mutex_;
  Reservation reservation_;
  std::deque<std::string> texts_;
  std::deque<FieldName> names_;
  // With the names that were found in the parent.
  mutable absl::flat_hash_map<std::string_view, Field, StringHash, std::equal_to<>> by_name_;
};

}  // namespace spelk
