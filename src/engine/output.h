// OutputSink: the rows of a run on their way to a terminal, a pipe or a file.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "engine/event_writer.h"
#include "engine/run.h"
#include "exec/spool.h"
#include "io/row_writer.h"
#include "value/field_order.h"

namespace spelk::engine {

// How a format wants events.
ResultForm FormFor(io::Format format);

// Writes a result in a format. Rows wait where the columns must be known first and are not.
class OutputSink final : public RowSink {
 public:
  // `flush`: after every batch, for readers who wait.
  OutputSink(io::WriterOptions options, io::ByteSink& sink, bool flush)
      : options_(std::move(options)), sink_(sink), flush_(flush) {}

  absl::Status Begin(const plan::OutputShape& shape, const exec::RunContext& run) override;
  absl::Status Take(Batch batch) override;
  absl::Status End() override;
  bool enough() const override { return closed_; }

 private:
  absl::Status WriteEvents(const Batch& batch);
  absl::Status EmitSpooled();
  absl::Status Note(absl::Status status);

  const io::WriterOptions options_;
  io::ByteSink& sink_;
  const bool flush_;
  bool closed_ = false;  // The reader is gone.
  const exec::RunContext* run_ = nullptr;
  std::unique_ptr<EventWriter> events_;
  std::unique_ptr<io::RowWriter> writer_;
  std::unique_ptr<exec::Spool> spool_;
  uint64_t batches_ = 0;
  plan::OutputShape shape_;
  FieldOrder order_;  // Of events.
  uint64_t rows_ = 0;
};

}  // namespace spelk::engine
