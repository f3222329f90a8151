// Any file in an editor: what stands in a search stands in the file, and whatever is asked about a
// place of it has places within it. The first bytes choose the kind of file and the place.
#include <algorithm>
#include <optional>
#include <vector>

#include "fuzz/fuzz.h"
#include "spelk/assist.h"
#include "spelk/embedded.h"

namespace spelk {
namespace {

void CheckSearch(std::string_view file, const EmbeddedSearch& search) {
  size_t end = 0;
  for (const EmbeddedSearch::Piece& piece : search.pieces) {
    fuzz::Require(piece.offset >= end && piece.length > 0, "pieces overlap", search.text);
    end = piece.offset + piece.length;
    fuzz::Require(end <= search.text.size() && piece.file_offset + piece.file_length <= file.size(),
                  "a piece outside of the text", search.text);
    fuzz::Require(search.FileOffset(piece.offset) == piece.file_offset, "a place that is another",
                  search.text);
  }
}

void CheckEdits(std::string_view text, const std::vector<TextEdit>& edits) {
  size_t end = 0;
  for (const TextEdit& edit : edits) {
    fuzz::Require(edit.offset >= end, "edits overlap", text);
    end = edit.offset + edit.length;
    fuzz::Require(end <= text.size(), "an edit outside of the text", text);
  }
}

}  // namespace
}  // namespace spelk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spelk;
  static const Engine engine({.builtin = false, .macros = {"who(a)=user=$a$", "loop=`loop`"}});
  if (size < 3) return 0;
  const auto kind = static_cast<FileKind>(data[0] % 3);
  const size_t place = data[1] * size_t{256} + data[2];
  const std::string_view file = fuzz::TextOf(data + 3, size - 3);
  std::optional<FileProblem> problem;
  const std::vector<EmbeddedSearch> searches = FindSearches(file, kind, &problem);
  for (const EmbeddedSearch& search : searches) CheckSearch(file, search);
  if (searches.empty()) return 0;
  const std::string& text = searches.front().text;
  const size_t at = place % (text.size() + 1);
  for (const Problem& found : FindProblems(engine, text)) {
    fuzz::Require(found.detail.offset + found.detail.length <= text.size(),
                  "a problem outside of the text", found.detail.message);
    for (const Fix& fix : found.fixes) CheckEdits(text, fix.edits);
  }
  for (const Completion& each : Complete(engine, text, at, {})) {
    fuzz::Require(each.offset + each.length == at, "a completion of another place", each.label);
  }
  if (const auto help = Explain(engine, text, at, {})) {
    fuzz::Require(help->offset + help->length <= text.size(), "help on what is not there", text);
  }
  for (const CallSignature& signature : SignaturesAt(engine, text, at)) {
    for (const auto& [begin, end] : signature.parameters) {
      fuzz::Require(begin < end && end <= signature.label.size(), "a parameter that is none",
                    signature.label);
    }
  }
  (void)FindDefinition(engine, text, at);
  (void)Stages(engine, text);
  const auto renamed = RenameField(engine, text, at, "another");
  if (renamed.ok()) CheckEdits(text, *renamed);
  return 0;
}
