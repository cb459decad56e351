-- LensAI for Neovim 0.11 or newer. Paste it into your init.lua, or keep it as a file of your configuration's plugin/ folder.
vim.lsp.config('lensai', {
  cmd = { 'lensai', 'lsp' },
  filetypes = { 'python', 'typescript', 'typescriptreact', 'javascript', 'javascriptreact' },
  root_markers = { 'lensai.toml', '.git' },
  settings = {
    lensai = {
      hints = { enable = true, minimumCostUsd = 0 },
      severity = { ['unbounded-output'] = 'hint' },
    },
  },
})
vim.lsp.enable('lensai')

-- Hints are off in Neovim until a buffer asks for them.
vim.api.nvim_create_autocmd('LspAttach', {
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'lensai' then
      vim.lsp.inlay_hint.enable(true, { bufnr = event.buf })
    end
  end,
})

-- Findings as text behind the line: for all servers, and since 0.11 off until asked for.
vim.diagnostic.config({ virtual_text = true })
