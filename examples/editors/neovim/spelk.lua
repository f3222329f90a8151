-- Neovim 0.8 or later: put this into ~/.config/nvim/plugin/spelk.lua.
vim.filetype.add({
  extension = { spl = "spl" },
  filename = { ["savedsearches.conf"] = "splunkconf" },
})

vim.api.nvim_create_autocmd("FileType", {
  pattern = { "spl", "yaml", "splunkconf" },
  callback = function(event)
    local marks = { "default", "local", "detections", ".spelk-lint.yaml", ".git" }
    local above = vim.fs.find(marks, { upward = true, path = vim.fs.dirname(event.file) })
    vim.lsp.start({
      name = "spelk",
      cmd = { "spelk", "lsp" },
      root_dir = above[1] and vim.fs.dirname(above[1]) or vim.fn.getcwd(),
      init_options = {
        -- apps = { "/path/to/app" },
        -- data = { "/path/to/events.ndjson" },
      },
    })
  end,
})
