// Choosing how rows are written.
#include "engine/output.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace spelk::engine {
namespace {

// Hands batches to a writer.
class WriterOutput final : public exec::Output {
 public:
  explicit WriterOutput(io::RowWriter& writer) : writer_(writer) {}
  absl::Status Push(Batch batch) override { return writer_.Write(batch); }

 private:
  io::RowWriter& writer_;
};

// About how much text a row becomes.
size_t BytesOf(const Batch& batch, size_t row) {
  size_t bytes = 0;
  for (size_t c = 0; c < batch.columns().size(); ++c) bytes += ValueBytes(batch.At(c, row));
  return bytes;
}

}  // namespace

ResultForm FormFor(io::Format format) {
  switch (format) {
    case io::Format::kNdjson:
    case io::Format::kJson:
      return ResultForm::kEventLines;
    case io::Format::kRaw:
      return ResultForm::kRaw;
    default:
      return ResultForm::kColumns;
  }
}

// A closed pipe is no error: nobody wants more.
absl::Status OutputSink::Note(absl::Status status) {
  if (absl::IsCancelled(status)) {
    closed_ = true;
    return absl::OkStatus();
  }
  return status;
}

absl::Status OutputSink::Begin(const plan::OutputShape& shape, const exec::RunContext& run) {
  run_ = &run;
  if (shape.events) {
    events_ = std::make_unique<EventWriter>(shape, run.budget);
    return absl::OkStatus();
  }
  if (options_.format == io::Format::kRaw && shape.columns &&
      std::none_of(shape.columns->begin(), shape.columns->end(),
                   [](Field field) { return field.name() == "_raw"; })) {
    run.warnings->Add(ErrorCode::kNothingThere,
                      "-o raw writes the field _raw, which the result does not have");
  }
  const bool chooses = options_.format == io::Format::kTable && (options_.events || options_.live);
  if (shape.columns || !io::NeedsColumns(options_.format) || chooses) {
    writer_ = io::MakeWriter(options_, {shape.columns, shape.Stages()}, sink_);
    return absl::OkStatus();
  }
  shape_ = shape;
  spool_ = std::make_unique<exec::Spool>("output", run);
  return absl::OkStatus();
}

absl::Status OutputSink::WriteEvents(const Batch& batch) {
  constexpr size_t kWrittenAtOnce = size_t{1} << 20U;
  SPELK_ASSIGN_OR_RETURN(const EventWriter::Lease lease, events_->Reserve(batch));
  std::string out;
  Reservation reservation(run_->budget);
  const bool array = options_.format == io::Format::kJson;
  for (size_t row = 0; row < batch.size(); ++row) {
    const size_t bytes = out.size() + BytesOf(batch, row);
    if (bytes > kWrittenAtOnce && !reservation.Resize(std::max(bytes, reservation.bytes()))) {
      return run_->budget->Exhausted("writing an event", bytes);
    }
    if (array) out += rows_ == 0 ? "[\n" : ",\n";
    ++rows_;
    events_->Append(batch, row, out);
    if (!array) out += '\n';
    if (out.size() < kWrittenAtOnce) continue;
    SPELK_RETURN_IF_ERROR(sink_.Write(out));
    out.clear();
  }
  return sink_.Write(out);
}

absl::Status OutputSink::Take(Batch batch) {
  if (spool_ != nullptr) {
    return spool_->Add(std::move(batch), exec::Position{batches_++, 0});
  }
  if (events_ != nullptr) order_.Arrange(&batch);
  absl::Status status = events_ != nullptr ? WriteEvents(batch) : writer_->Write(batch);
  if (status.ok() && flush_) status = sink_.Flush();
  return Note(std::move(status));
}

absl::Status OutputSink::EmitSpooled() {
  std::vector<Field> columns = spool_->FieldsInOrder(shape_.Stages());
  shape_.Arrange(&columns);
  writer_ = io::MakeWriter(options_, {std::move(columns)}, sink_);
  WriterOutput output(*writer_);
  return spool_->Emit(output);
}

absl::Status OutputSink::End() {
  if (closed_) return absl::OkStatus();
  absl::Status status;
  if (spool_ != nullptr) status = EmitSpooled();
  if (status.ok() && writer_ != nullptr) status = writer_->Finish();
  if (status.ok() && events_ != nullptr && options_.format == io::Format::kJson) {
    status = sink_.Write(rows_ == 0 ? "[]\n" : "\n]\n");
  }
  if (status.ok()) status = sink_.Flush();
  return Note(std::move(status));
}

}  // namespace spelk::engine
