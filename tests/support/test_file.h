// The .test files as the tests of spelk itself read them: all of their sections.
#pragma once

#include "cli/test_file.h"

namespace spelk::tests {

using cli::Case;
using cli::FileProblem;
using cli::JoinLines;
using cli::ParseTestFile;
using cli::Section;
using cli::SplitWords;
using cli::TestFile;

}  // namespace spelk::tests
