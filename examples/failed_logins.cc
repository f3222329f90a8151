// Runs a search over a file and reads its columns: failed_logins FILE.ndjson
#include <spelk/engine.h>

#include <cstdio>
#include <string>

namespace {

// Cells come typed: a count is an integer, a name is text, and a row may lack a field.
spelk::Flow PrintRows(const spelk::RowBatch& rows) {
  const size_t user = rows.FindColumn("TargetUserName");
  const size_t count = rows.FindColumn("count");
  for (size_t row = 0; row < rows.rows(); ++row) {
    std::printf("%-12s %lld\n", rows.at(row, user).text().c_str(),
                static_cast<long long>(rows.at(row, count).integer()));
  }
  return spelk::Flow::kMore;
}

int Report(const spelk::Error& error, int code) {
  std::fputs(error.Render().c_str(), stderr);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("failed_logins FILE.ndjson\n", stderr), 2;
  const spelk::Engine engine;
  const spelk::Result<spelk::Query> query = engine.Compile(
      "EventID=4625 | stats count by TargetUserName | sort - count", {.name = "failed logins"});
  if (!query.ok()) return Report(query.error(), 2);
  spelk::RunOptions options;
  options.threads = 2;
  const spelk::Result<spelk::Summary> done = query->Run(spelk::File(argv[1]), options, PrintRows);
  if (!done.ok()) return Report(done.error(), 3);
  std::printf("%llu rows of %llu events\n", static_cast<unsigned long long>(done->rows),
              static_cast<unsigned long long>(done->matched));
  return 0;
}
