// Cells, batches, cursors.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/status.h"
#include "base/thread.h"
#include "engine/impl.h"
#include "engine/query_run.h"
#include "io/row_writer.h"
#include "value/number.h"

namespace spelk {
namespace {

const Value& ValueAt(const void* value) { return *static_cast<const Value*>(value); }

}  // namespace

std::string Cell::text() const {
  switch (kind_) {
    case CellKind::kText:
      return std::string(text_);
    case CellKind::kInteger:
      return TextOf(Value::Integer(integer_));
    case CellKind::kDouble:
      return TextOf(Value::Double(number_));
    case CellKind::kMultivalue: {
      std::string joined;
      for (size_t i = 0; i < size(); ++i) joined += (i == 0 ? "" : "\n") + at(i).text();
      return joined;
    }
    case CellKind::kNull:
      break;
  }
  return "";
}

double Cell::number() const {
  if (kind_ != CellKind::kText) return number_;
  const std::optional<Number> number = ParseNumber(text_);
  return number ? number->value : 0;
}

size_t Cell::size() const {
  if (kind_ == CellKind::kNull) return 0;
  return kind_ == CellKind::kMultivalue ? static_cast<size_t>(integer_) : 1;
}

Cell Cell::at(size_t index) const {
  if (index >= size()) return {};
  if (kind_ != CellKind::kMultivalue) return *this;
  return Of(&ValueAt(value_) + index);
}

Cell Cell::Of(const void* value) {
  const Value& from = ValueAt(value);
  Cell cell;
  switch (from.kind()) {
    case ValueKind::kNull:
    case ValueKind::kBool:
      break;
    case ValueKind::kInteger:
      cell.kind_ = CellKind::kInteger;
      cell.integer_ = from.integer();
      cell.number_ = static_cast<double>(from.integer());
      break;
    case ValueKind::kDouble:
      cell.kind_ = CellKind::kDouble;
      cell.number_ = from.number();
      break;
    case ValueKind::kText:
      cell.kind_ = CellKind::kText;
      cell.text_ = from.text();
      cell.json_type_ = static_cast<uint8_t>(from.json_type());
      break;
    case ValueKind::kMulti:
      cell.kind_ = CellKind::kMultivalue;
      cell.integer_ = static_cast<int64_t>(from.count());
      cell.value_ = from.each().data();
      break;
  }
  return cell;
}

void Cell::AppendJson(std::string& out) const {
  switch (kind_) {
    case CellKind::kNull:
      out += "null";
      return;
    case CellKind::kInteger:
      io::AppendJsonValue(Value::Integer(integer_), out);
      return;
    case CellKind::kDouble:
      io::AppendJsonValue(Value::Double(number_), out);
      return;
    case CellKind::kText:
      io::AppendJsonValue(Value::Text(text_, static_cast<JsonType>(json_type_)), out);
      return;
    case CellKind::kMultivalue:
      io::AppendJsonValue(Value::Multi({&ValueAt(value_), size()}), out);
      return;
  }
}

size_t RowBatch::rows() const { return impl_->batch.size(); }

size_t RowBatch::columns() const { return impl_->visible.size(); }

std::string_view RowBatch::column_name(size_t column) const {
  if (column >= columns()) return "";
  return (*impl_->batch.schema())[impl_->visible[column]].name();
}

size_t RowBatch::FindColumn(std::string_view name) const {
  for (size_t c = 0; c < columns(); ++c) {
    if (column_name(c) == name) return c;
  }
  return SIZE_MAX;
}

Cell RowBatch::at(size_t row, size_t column) const {
  if (row >= rows() || column >= columns()) return {};
  const Value value = impl_->batch.At(impl_->visible[column], row);
  return Cell::Of(&value);
}

bool RowBatch::events() const { return impl_->events != nullptr; }

void RowBatch::AppendJson(size_t row, std::string& out) const {
  if (row >= rows()) return;
  if (impl_->events != nullptr) {
    impl_->events->Append(impl_->batch, row, out);
    return;
  }
  out += '{';
  bool first = true;
  for (size_t c = 0; c < columns(); ++c) {
    const Cell cell = at(row, c);
    if (cell.is_null()) continue;
    if (!first) out += ',';
    first = false;
    io::AppendJsonString(column_name(c), out);
    out += ':';
    cell.AppendJson(out);
  }
  out += '}';
}

RowBatch RowBatch::Materialize() const {
  absl::StatusOr<Batch> copy = impl_->batch.Own(nullptr, "rows");
  if (!copy.ok()) return *this;
  std::vector<Field> fields = copy->schema()->fields();
  for (Field& field : fields) {
    if (!field.hidden()) field = impl_->names->Intern(field.name());
  }
  copy->Reshape(std::make_shared<Schema>(std::move(fields)), copy->columns());
  const auto events = impl_->events == nullptr || impl_->kept
                          ? impl_->events
                          : impl_->events->Detached(impl_->names);
  auto kept = Impl::Make(std::move(*copy), events, impl_->names);
  kept->kept = true;
  return RowBatch(std::move(kept));
}

std::shared_ptr<RowBatch::Impl> RowBatch::Impl::Make(
    Batch batch, std::shared_ptr<const engine::EventWriter> events,
    std::shared_ptr<FieldTable> names) {
  auto impl = std::make_shared<Impl>();
  for (size_t c = 0; c < batch.schema()->size(); ++c) {
    if (!(*batch.schema())[c].hidden()) impl->visible.push_back(c);
  }
  impl->batch = std::move(batch);
  impl->events = std::move(events);
  impl->names = std::move(names);
  return impl;
}

// ---------------------------------------------------------------- pulling

// Where the batches of a run wait for their caller: filled by a thread of the run's own, as far
// ahead as the bound allows, or step by step by the caller itself.
struct Cursor::Impl {
  static constexpr size_t kMostBatches = 4;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<RowBatch> batches;
  std::optional<RowBatch> current;
  bool done = false;
  bool abandoned = false;
  std::optional<Error> error;
  Summary summary;
  Cancel own_cancel;
  std::unique_ptr<engine::QueryRun> run;  // Where the caller steps it.
  std::optional<Thread> thread;           // Last: it is joined before the rest goes.

  Flow Put(const RowBatch& rows) {
    RowBatch copy = rows.Materialize();
    std::unique_lock lock(mutex);
    const bool ahead = run == nullptr;
    if (ahead) changed.wait(lock, [this] { return abandoned || batches.size() < kMostBatches; });
    if (abandoned) return Flow::kEnough;
    batches.push_back(std::move(copy));
    changed.notify_all();
    return Flow::kMore;
  }

  void End(absl::StatusOr<std::vector<Summary>> summaries) {
    const std::lock_guard lock(mutex);
    if (!summaries.ok()) {
      error = engine::ToError(summaries.status());
    } else if ((*summaries)[0].error) {
      error = (*summaries)[0].error;
    } else {
      summary = std::move((*summaries)[0]);
    }
    done = true;
    changed.notify_all();
  }

  // Until there are rows, or the end.
  void StepOn() {
    while (!done && batches.empty()) {
      if (!run->Step()) End(run->Finish());
    }
  }
};

Cursor::Cursor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cursor::Cursor(Cursor&&) noexcept = default;
Cursor& Cursor::operator=(Cursor&&) noexcept = default;

Cursor::~Cursor() {
  if (impl_ == nullptr) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->abandoned = true;
    impl_->own_cancel.Stop();
  }
  impl_->changed.notify_all();
}

Result<std::optional<RowBatch>> Cursor::Next() {
  if (impl_ == nullptr) return std::optional<RowBatch>();  // Moved from.
  if (impl_->run != nullptr) impl_->StepOn();
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [this] { return impl_->done || !impl_->batches.empty(); });
  if (impl_->batches.empty()) {
    impl_->current.reset();
    if (impl_->error) return *impl_->error;
    return std::optional<RowBatch>();
  }
  impl_->current = std::move(impl_->batches.front());
  impl_->batches.pop_front();
  impl_->changed.notify_all();
  return impl_->current;
}

const Summary& Cursor::summary() const {
  static const Summary none;
  if (impl_ == nullptr) return none;
  const std::lock_guard lock(impl_->mutex);
  return impl_->done ? impl_->summary : none;
}

Result<Cursor> Query::Open(const Input& input, const RunOptions& options) const {
  auto impl = std::make_unique<Cursor::Impl>();
  Cursor::Impl* shared = impl.get();
  RunOptions own = options;
  if (own.cancel == nullptr) own.cancel = &shared->own_cancel;
  absl::StatusOr<std::unique_ptr<engine::QueryRun>> run = engine::QueryRun::Make(
      {*this}, input, own, [shared](size_t, const RowBatch& rows) { return shared->Put(rows); });
  if (!run.ok()) {
    shared->error = engine::ToError(run.status());
    shared->done = true;
    return Cursor(std::move(impl));
  }
  if (own.threads <= 1) {
    impl->run = std::move(*run);
    return Cursor(std::move(impl));
  }
  absl::StatusOr<Thread> thread =
      Thread::Start([run = std::shared_ptr<engine::QueryRun>(std::move(*run)), shared] {
        shared->End(run->RunToEnd());
      });
  if (!thread.ok()) return engine::ToError(thread.status());
  impl->thread = std::move(*thread);
  return Cursor(std::move(impl));
}

}  // namespace spelk
