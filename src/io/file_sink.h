// FileSink: output to a descriptor, and to a file that appears whole.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "io/byte_sink.h"

namespace spelk::io {

// Buffers and writes to an open descriptor, which stays open. A closed pipe is Cancelled.
class FileSink final : public ByteSink {
 public:
  explicit FileSink(int descriptor) : descriptor_(descriptor) {}
  absl::Status Write(std::string_view bytes) override;
  absl::Status Flush() override;

 private:
  absl::Status WriteOut(std::string_view bytes) const;

  const int descriptor_;
  std::string buffer_;
};

// Writes to a file without a name, or where there are none beside the target under another name,
// which is its own on Commit: a failed run leaves the old file, and nothing else. What is no
// regular file (a device, a pipe) is written to as it is.
class AtomicFile {
 public:
  static absl::StatusOr<std::unique_ptr<AtomicFile>> Create(const std::string& path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  ByteSink& sink() { return sink_; }
  absl::Status Commit();
  // The name that the file has until then, for whoever ends the program at once; null if it has
  // none.
  const char* temporary() const { return temporary_.empty() ? nullptr : temporary_.c_str(); }

 private:
  enum class Kind : uint8_t { kAsItIs, kUnnamed, kNamed };
  AtomicFile(Kind kind, int descriptor, std::string temporary, std::string path)
      : kind_(kind),
        descriptor_(descriptor),
        temporary_(std::move(temporary)),
        path_(std::move(path)),
        sink_(descriptor) {}
  // Gives a file without a name the target's, or another one if that is taken.
  bool GiveName();

  const Kind kind_;
  int descriptor_;
  std::string temporary_;
  std::string path_;
  FileSink sink_;
};

}  // namespace spelk::io
