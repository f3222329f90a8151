// Transcoder: a byte source that gives what another one holds in another form: events as JSON, one
// object a line, or text as UTF-8.
#pragma once

#include <string>
#include <string_view>

#include "io/input.h"

namespace spelk::io {

// What several events may take at most while they are made, in bytes: beyond it Take is asked
// again later.
inline constexpr size_t kTranscodedAtOnce = size_t{256} << 10U;
// An event that must be held as a whole is cut here.
inline constexpr size_t kMostHeldEvent = size_t{4} << 20U;

class Transcoder : public ByteSource {
 public:
  explicit Transcoder(ByteSourcePtr source);
  ~Transcoder() override;

  absl::StatusOr<size_t> Read(char* buffer, size_t size) final;
  bool Ready(int milliseconds) const final;
  std::optional<uint64_t> size() const final { return source_->size(); }
  bool endless() const final { return source_->endless(); }
  uint64_t consumed() const final {
    return source_->random_access() ? offset_ : source_->consumed();
  }

 protected:
  // Takes bytes from the front of `in` and appends to `out`, until nothing is left or `out` is
  // longer than kTranscodedAtOnce.
  virtual void Take(std::string_view* in, std::string& out) = 0;
  // The input is at its end. Called until it gives true; `out` as above.
  virtual bool Finish(std::string& out) = 0;
  // What is to be told when all was read: an error, or OutOfRange for a warning.
  virtual absl::Status status() const { return absl::OkStatus(); }

 private:
  absl::Status Fill();

  ByteSourcePtr source_;
  // Reads on, and leaves out a byte order mark at the start. False at the end.
  absl::StatusOr<bool> ReadOn();

  std::string buffer_;
  bool begun_ = false;   // It is known whether the input begins with a byte order mark.
  size_t held_ = 0;      // Bytes at the front of `buffer_` that may be the beginning of one.
  std::string_view in_;  // What is left of it.
  uint64_t offset_ = 0;  // Bytes read.
  std::string out_;
  size_t at_ = 0;  // Of `out_`.
  bool finished_ = false;
  absl::Status error_;  // Of the source, told after what could be read.
};

// Appends a text as the content of a JSON string. Bytes that are no UTF-8 become \xHH, as Splunk
// shows them.
void AppendJsonContent(std::string_view text, std::string& out);
// Likewise, with quotes.
void AppendJsonText(std::string_view text, std::string& out);

}  // namespace spelk::io
