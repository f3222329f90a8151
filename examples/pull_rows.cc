// Pulls the first rows of a search out of a stream that never ends, and stops.
#include <spelk/engine.h>

#include <cstdio>
#include <string>

namespace {

// Writes one event after the other; a socket or a queue would stand here.
size_t NextEvents(char* buffer, size_t size) {
  static int number = 0;
  const int written = std::snprintf(buffer, size, "{\"n\": %d}\n", ++number);
  return static_cast<size_t>(written);
}

}  // namespace

int main() {
  const spelk::Engine engine;
  const spelk::Result<spelk::Query> query = engine.Compile("n>2 | eval square = n * n");
  if (!query.ok()) return std::fputs(query.error().Render().c_str(), stderr), 2;
  spelk::RunOptions options;
  options.order = spelk::EventOrder::kInput;
  spelk::Result<spelk::Cursor> cursor = query->Open(spelk::Callback(NextEvents), options);
  if (!cursor.ok()) return std::fputs(cursor.error().Render().c_str(), stderr), 3;
  for (int shown = 0; shown < 3;) {
    const spelk::Result<std::optional<spelk::RowBatch>> rows = cursor->Next();
    if (!rows.ok()) return std::fputs(rows.error().Render().c_str(), stderr), 3;
    if (!rows->has_value()) break;
    for (size_t row = 0; row < (*rows)->rows() && shown < 3; ++row, ++shown) {
      std::string line;
      (*rows)->AppendJson(row, line);
      std::puts(line.c_str());
    }
  }
  return 0;
}
