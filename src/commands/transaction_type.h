// Transaction types: the stanzas of transactiontypes.conf, which name what transactions are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "commands/entry.h"
#include "plan/stanzas.h"

namespace spelk::commands {

// The settings of a type; an error at `span` if no app defines it.
absl::StatusOr<plan::Stanzas::Settings> FindTransactionType(std::string_view name, Span span,
                                                            plan::Binder& binder);
// The value of a setting; empty without it.
std::string_view SettingOf(const plan::Stanzas::Settings& settings, std::string_view key);

// The names in the setting fields.
std::vector<std::string> FieldsOfType(const plan::Stanzas::Settings& settings);

// transaction name=…: the stanza's settings, then what the command itself says, which overrules
// them. Rows get the field transactiontype, too.
absl::StatusOr<plan::NodePtr> BindTransactionType(const ast::CommandCall& call,
                                                  const ast::ArgumentOption& name,
                                                  plan::Binder& binder);

}  // namespace spelk::commands
