// AllRows: the rows of a whole result, in order, for commands that see all of them before the first
// one comes out.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "commands/entry.h"
#include "exec/row_sink.h"
#include "exec/spool.h"

namespace spelk::commands {

// A field that rows get, with a value for each of them.
struct NewColumn {
  Field field;
  std::vector<Value> values;
};

// Rows in memory, reserved; what is made of them is reserved by Reserve. Not thread-safe.
class AllRows final : public exec::Output {
 public:
  // `what` is named in messages about memory and outlives the rows.
  AllRows(std::string_view what, const exec::RunContext& run);

  absl::Status Push(Batch batch) override;

  size_t size() const { return size_; }
  // Null if the row lacks the field.
  Value At(size_t row, Field field) const;
  // The values of a field, row by row.
  std::vector<Value> ValuesOf(Field field) const;
  const exec::RunContext& run() const { return run_; }
  std::string_view what() const { return what_; }

  // Accounts for so many bytes beside the rows; ResourceExhausted if they are not there.
  absl::Status Reserve(size_t bytes);
  // Pushes the rows with these fields set, those alone that are `kept` if it is given. Texts are
  // copied. Nothing is left.
  absl::Status Emit(std::span<const NewColumn> columns, const std::vector<bool>* kept,
                    exec::Output& out);

 private:
  const std::string_view what_;
  const exec::RunContext& run_;
  std::vector<Batch> batches_;
  std::vector<size_t> starts_;  // The first row of each batch.
  size_t size_ = 0;
  Reservation reservation_;
};

// A sink that makes its result of all rows at the end.
class WholeSink : public exec::SpoolSink {
 public:
  // `what` is named in messages about memory and outlives the sink; the node does, too.
  WholeSink(std::string_view what, const plan::Node& node, const exec::RunContext& run)
      : SpoolSink(what, run), what_(what), shape_(plan::ShapeOf(*node.input)) {}
  absl::Status Finish(exec::Spool spool, exec::Output& out) const final;

 protected:
  // `fields` are those of the rows in the order of the result, hidden ones left out.
  virtual absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                            exec::Output& out) const = 0;

 private:
  const std::string_view what_;
  const plan::OutputShape shape_;
};

// The fields that the names take, which may be patterns; without names all that are not internal.
bool TakesField(const std::vector<Field>& names, Field field);
// What a command reads that looks at the fields of those names.
plan::FieldSet ReadsOf(const std::vector<Field>& names);

}  // namespace spelk::commands
