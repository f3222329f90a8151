// Features: what the server answers about a document, as JSON of the protocol.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/lsp/document.h"
#include "cli/lsp/json.h"
#include "cli/lsp/workspace.h"
#include "spelk/assist.h"

namespace spelk::cli::lsp {

// What the editor can show.
struct ClientAbilities {
  bool snippets = false;
  bool watches_files = false;  // It can be asked to.
};

class Features {
 public:
  Features(Workspace& workspace, const ClientAbilities& abilities)
      : workspace_(workspace), abilities_(abilities) {}

  // What compiling depends on has changed.
  void Forget() {
    remarks_.clear();
    remarks_bytes_ = 0;
  }

  // Of the searches of the file, and of the file itself. Of a file with many searches some more
  // each time; `complete` tells whether that is all.
  std::string Diagnostics(const Document& document, bool* complete);
  std::string Completion(const Document& document, Position position);
  // The documentation of an item that Completion gave.
  std::string ResolveCompletion(const Json& item);
  std::string Hover(const Document& document, Position position);
  std::string SignatureHelp(const Document& document, Position position);
  std::string GoToDefinition(const Document& document, Position position);
  std::string References(const Document& document, Position position);
  // What is renamed at the place, with its range; null if nothing can be.
  std::string PrepareRename(const Document& document, Position position);
  Result<std::string> Rename(const Document& document, Position position, std::string_view name);
  std::string Symbols(const Document& document);
  // `whole`: what mends all of a search, instead of what mends a place.
  std::string CodeActions(const Document& document, Position begin, Position end, bool whole);
  // The edits that lay the searches out anew.
  Result<std::string> Format(const Document& document);

 private:
  // Something that is said of a search, by the compiler or by lint.
  struct Remark {
    size_t offset = 0;
    size_t length = 0;
    int severity = 1;  // As the protocol counts them.
    std::string code;
    std::string message;
    std::vector<Fix> fixes;
  };
  const std::vector<Remark>& RemarksOn(const Document& document, const EmbeddedSearch& search);
  const ReferenceEntry* FindReference(std::string_view kind, std::string_view name);
  JsonText Range(const Document& document, size_t begin, size_t end) const;
  JsonText RangeIn(const Document& document, const EmbeddedSearch& search, size_t offset,
                   size_t length) const;
  JsonText DiagnosticOf(const Document& document, const EmbeddedSearch& search,
                        const Remark& remark) const;
  void AddFixAll(const Document& document, const EmbeddedSearch& search, JsonText* to);
  bool AddEdits(const Document& document, const EmbeddedSearch& search,
                const std::vector<TextEdit>& edits, JsonText* to) const;
  void AddArguments(const Document& document, const EmbeddedSearch& search, size_t offset,
                    JsonText* items) const;
  void AddItem(const EmbeddedSearch& search, const spelk::Completion& completion,
               std::string_view range, size_t number, JsonText* items) const;
  JsonText Symbol(const Document& document, const EmbeddedSearch& search,
                  const StageOutline& stage) const;

  Workspace& workspace_;
  const ClientAbilities& abilities_;
  // By the folder and the text of the search: a file may have hundreds, one of which is edited.
  std::map<std::pair<std::string, std::string>, std::vector<Remark>> remarks_;
  size_t remarks_bytes_ = 0;
  size_t checked_ = 0;  // Searches that were, ever.
  std::vector<ReferenceEntry> reference_;
};

}  // namespace spelk::cli::lsp
