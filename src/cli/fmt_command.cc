// Formatting searches, and the files that hold them.
#include "cli/fmt_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "cli/choices.h"
#include "cli/exit_codes.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "spelk/format.h"
#include "spelk/text.h"
#include "spelk/write.h"

namespace spelk::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostFile = size_t{16} << 20U;

bool HoldsSearches(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".spl") || FileKindOf(name) != FileKind::kSearch;
}

// Events of a feed, or a list of anything. A search may begin with a subsearch, `[search …`.
bool IsJson(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return false;
  const size_t next = text.find_first_not_of(kBlanks, begin + 1);
  const char after = next == std::string_view::npos ? '\0' : text[next];
  if (text[begin] == '{') return after == '"' || after == '}';
  return text[begin] == '[' && (after == '{' || after == ']');
}

// The files below a folder, in order; hidden ones and links are left out.
std::vector<std::string> FilesBelow(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  auto entry = fs::recursive_directory_iterator(folder, options, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) {
      if (entry->is_directory(error)) entry.disable_recursion_pending();
      continue;
    }
    if (entry->symlink_status(error).type() == fs::file_type::regular &&
        HoldsSearches(entry->path())) {
      files.push_back(entry->path().lexically_normal().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::string> ReadAll(std::istream& in, const std::string& name) {
  std::string text(kMostFile + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(in.gcount()));
  if (in.bad()) return Error(ErrorKind::kInput, fmt::format("cannot read {}", Printable(name)));
  if (text.size() <= kMostFile) return text;
  return Error(ErrorKind::kInput,
               fmt::format("{} is longer than {} bytes", Printable(name), kMostFile));
}

Result<std::string> ReadSource(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error(ErrorKind::kInput, fmt::format("cannot read {}", Printable(path)));
  return ReadAll(file, path);
}

std::optional<Error> WriteSource(const std::string& path, std::string_view text) {
  std::error_code ignored;
  const fs::perms permissions = fs::status(path, ignored).permissions();
  Result<FileSink> file = FileSink::Create(path);
  if (!file.ok()) return file.error();
  const Result<Flow> written = file->Write(text);
  if (!written.ok()) return written.error();
  const Result<Flow> committed = file->Commit();
  if (!committed.ok()) return committed.error();
  if (permissions != fs::perms::unknown) fs::permissions(path, permissions, ignored);
  return std::nullopt;
}

std::string Coloured(const std::string& diff) {
  std::string out;
  std::istringstream lines(diff);
  for (std::string line; std::getline(lines, line);) {
    const bool head = line.starts_with("--- ") || line.starts_with("+++ ");
    const char* colour = head                     ? "1"
                         : line.starts_with("@@") ? "36"
                         : line.starts_with('-')  ? "31"
                         : line.starts_with('+')  ? "32"
                                                  : nullptr;
    out += colour == nullptr ? ForTerminal(line) + "\n"
                             : fmt::format("\x1b[{}m{}\x1b[0m\n", colour, ForTerminal(line));
  }
  return out;
}

EngineOptions WithoutKnowledge() {
  EngineOptions options;
  options.builtin = false;
  return options;
}

class Formatting {
 public:
  explicit Formatting(const FmtArguments& arguments, FormatOptions options)
      : arguments_(arguments), options_(options), engine_(WithoutKnowledge()) {
    colour_ =
        arguments.colour == "always" || (arguments.colour == "auto" && WantsColour(STDOUT_FILENO));
  }

  // A search of the command line, or standard input.
  void One(const std::string& text, const std::string& name) {
    ++files_;
    if (IsJson(text)) return Refuse(name, "it holds JSON, no search");
    const Result<FormattedFile> file = FormatFile(engine_, text, name, FileKind::kSearch, options_);
    if (!file.ok()) return Note(Fail(file.error()));
    if (!Tell(*file, name)) return;
    const bool same = file->text == text || file->text == text + "\n";
    if (!Show(text, file->text, name, same)) Print(file->text);
  }

  void File(const std::string& path) {
    ++files_;
    const Result<std::string> text = ReadSource(path);
    if (!text.ok()) return Note(Fail(text.error()));
    if (!HoldsSearches(path)) {
      return Refuse(path,
                    "searches are formatted in files .spl, .yml and .yaml and in "
                    "savedsearches.conf; `spelk fmt - <FILE` prints any other");
    }
    if (FileKindOf(path) == FileKind::kSearch && IsJson(*text)) {
      return Refuse(path, "it holds JSON, no search");
    }
    const Result<FormattedFile> file = FormatFile(engine_, *text, path, FileKindOf(path), options_);
    if (!file.ok()) {
      Complain(file.error().message());
      return Note(kUsage);
    }
    Tell(*file, path);
    if (Show(*text, file->text, path, file->text == *text) || file->text == *text) return;
    if (const std::optional<Error> error = WriteSource(path, file->text)) return Note(Fail(*error));
    Say(fmt::format("formatted {}\n", Printable(path)));
  }

  int Finish() {
    const bool asked = arguments_.check || arguments_.diff;
    if (asked && files_ > 1 && changed_ > 0) {
      Say(fmt::format("{} of {} files would change\n", changed_, files_));
    }
    if (code_ != kDone) return code_;
    return asked && changed_ > 0 ? kAnswerIsNo : kDone;
  }

 private:
  void Refuse(const std::string& name, std::string_view why) {
    Note(Fail(Error(ErrorKind::kQuery, fmt::format("{}: {}", Printable(name), why))));
  }

  // The worst is what the program ends with.
  void Note(int code) { code_ = std::max(code_, code); }

  // Searches that stay as they are. False if there are any.
  bool Tell(const FormattedFile& file, const std::string& name) {
    for (const FormattedFile::Problem& problem : file.problems) {
      Note(kUsage);
      if (!problem.error.details().empty()) {
        Say(problem.error.Render());
      } else {
        Complain(fmt::format("{}:{}: {}", name, problem.line, problem.error.message()));
      }
    }
    return file.problems.empty();
  }

  // With --check and --diff, what would change. False if neither was asked for.
  bool Show(const std::string& before, const std::string& after, const std::string& name,
            bool same) {
    if (!arguments_.check && !arguments_.diff) return false;
    if (same) return true;
    ++changed_;
    if (arguments_.check) Say(fmt::format("would format {}\n", Printable(name)));
    if (!arguments_.diff) return true;
    const std::string diff = UnifiedDiff(before, after, name, name);
    Print(colour_ ? Coloured(diff) : diff);
    return true;
  }

  const FmtArguments& arguments_;
  const FormatOptions options_;
  const Engine engine_;
  bool colour_ = false;
  size_t files_ = 0;
  size_t changed_ = 0;
  int code_ = kDone;
};

Result<FormatOptions> OptionsOf(const FmtArguments& arguments) {
  if (!IsChoice("--color", arguments.colour)) {
    return BadOption("--color", arguments.colour, ListOfChoices("--color"));
  }
  FormatOptions options;
  const std::string& text = arguments.width;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), options.width);
  const bool number = error == std::errc() && end == text.data() + text.size();
  if (number && options.width >= 20 && options.width <= 10'000) return options;
  return BadOption("--width", text, "a number from 20 to 10000");
}

}  // namespace

void AddFmtOptions(CLI::App& command, FmtArguments& format) {
  command
      .add_option("paths", format.words,
                  "Files and folders, which are written; or a search, or - for standard input, "
                  "which are printed")
      ->type_name("");
  command.add_flag("--check", format.check,
                   "Write nothing; name what would change, and exit with 1");
  command.add_flag("--diff", format.diff,
                   "Write nothing; show what would change, and exit with 1 if anything would");
  command
      .add_option("--width", format.width, "Lines are no longer than this where they can be broken")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--color", format.colour, ListOfChoices("--color"))
      ->type_name("WHEN")
      ->capture_default_str();
}

int Fmt(const FmtArguments& arguments) {
  const Result<FormatOptions> options = OptionsOf(arguments);
  if (!options.ok()) return Fail(options.error());
  const std::vector<std::string>& words = arguments.words;
  if (words.empty()) {
    return Fail(Error(ErrorKind::kQuery,
                      "nothing to format: give files, folders, a search, or - for standard input"));
  }
  Formatting formatting(arguments, *options);
  const auto exists = [](const std::string& path) {
    std::error_code error;
    return fs::exists(path, error);
  };
  for (const std::string& word : words) {
    if (word == "-" && words.size() == 1) {
      const Result<std::string> text = ReadAll(std::cin, "standard input");
      if (!text.ok()) return Fail(text.error());
      formatting.One(*text, "<stdin>");
    } else if (exists(word)) {
      std::error_code error;
      if (!fs::is_directory(word, error)) {
        formatting.File(word);
        continue;
      }
      for (const std::string& path : FilesBelow(word)) formatting.File(path);
    } else if (words.size() == 1 && word.find_first_of(" =|`\"") != std::string::npos) {
      formatting.One(word, "<query>");
    } else {
      return Fail(Error(ErrorKind::kInput, fmt::format("there is no file {}", Printable(word))));
    }
  }
  return formatting.Finish();
}

}  // namespace spelk::cli
