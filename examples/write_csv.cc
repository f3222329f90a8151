// Writes the rows of a search as CSV, into memory: as `spelk run -o csv` does into a file.
#include <spelk/engine.h>
#include <spelk/write.h>

#include <cstdio>
#include <string_view>

namespace {

constexpr std::string_view kEvents = R"({"user": "ana", "host": "web-1", "bytes": 120}
{"user": "bo, jr", "host": "web-2", "bytes": 80}
{"user": "ana", "host": "web-2", "bytes": 30}
)";

}  // namespace

int main() {
  const spelk::Engine engine;
  const spelk::Result<spelk::Query> query =
      engine.Compile("stats sum(bytes) AS bytes values(host) AS hosts by user");
  if (!query.ok()) return std::fputs(query.error().Render().c_str(), stderr), 2;
  spelk::WriteOptions write;
  write.format = spelk::Format::kCsv;
  spelk::MemorySink csv;
  const spelk::Result<spelk::Summary> done =
      query->Write(spelk::Memory(kEvents), spelk::RunOptions(), write, csv);
  if (!done.ok()) return std::fputs(done.error().Render().c_str(), stderr), 3;
  for (const spelk::ErrorDetail& warning : done->warnings) {
    std::fputs(warning.rendered.c_str(), stderr);
  }
  std::fputs(csv.text().c_str(), stdout);
  return 0;
}
