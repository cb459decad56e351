-- nvim --headless -u editors/neovim/lensai.lua -c 'luafile headless.lua': what Neovim's own interface says it has got.
local passed, failed = 0, 0

local function check(name, ok, got)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
  end
  io.stdout:write(('%s %s%s\n'):format(ok and 'ok' or 'FAIL', name, ok and '' or (': got ' .. vim.inspect(got))))
end

--- Nothing is drawn without a screen, and hints are asked for when lines are drawn.
local function soon(condition)
  return vim.wait(15000, function()
    vim.cmd.redraw()
    return condition()
  end, 20)
end

local function tests()
  vim.cmd.edit(vim.env.FILE)
  local buffer = vim.api.nvim_get_current_buf()
  local client
  check('attached', soon(function()
    client = vim.lsp.get_clients({ bufnr = buffer, name = 'lensai' })[1]
    return client ~= nil and client.initialized
  end))

  local function hints()
    local labels = {}
    for _, hint in ipairs(vim.lsp.inlay_hint.get({ bufnr = buffer })) do
      labels[hint.inlay_hint.position.line + 1] = hint.inlay_hint.label
    end
    return labels
  end
  check('hints', soon(function()
    return vim.startswith(hints()[12] or '', vim.env.COST_DIRECT) and vim.startswith(hints()[27] or '', vim.env.COST_OF_CALLER)
  end), hints())
  for line, label in pairs(hints()) do
    check('hint of line ' .. line .. ' is at most 24 characters', vim.fn.strchars(label) <= 24, label)
  end

  local function codes()
    local found = {}
    for _, finding in ipairs(vim.diagnostic.get(buffer)) do
      found[finding.code] = finding.lnum + 1
    end
    return found
  end
  check('findings', soon(function()
    local found = codes()
    return (found['retired-model'] or found['deprecated-model']) ~= nil and found['unbounded-output'] ~= nil
  end), codes())

  local document = vim.lsp.util.make_text_document_params(buffer)
  local function ask(method, line, column)
    local position = { line = line - 1, character = column }
    local answer, err = client:request_sync(method, { textDocument = document, position = position }, 5000, buffer)
    return answer and answer.result, err or (answer and answer.err)
  end
  local hover, problem = ask('textDocument/hover', 12, 30)
  check('hover', hover and hover.contents.value:find('deepseek-chat', 1, true), problem or hover)

  local list
  list, problem = ask('textDocument/completion', 13, 20)
  local names = vim.tbl_map(function(item)
    return item.label
  end, list and (list.items or list) or {})
  check('completion', vim.tbl_contains(names, 'deepseek-chat'), problem or names)

  local function lenses()
    vim.lsp.codelens.refresh({ bufnr = buffer })
    local titles = {}
    for _, lens in ipairs(vim.lsp.codelens.get(buffer)) do
      titles[lens.range.start.line + 1] = lens.command.title
    end
    return titles
  end
  check('no code lens without the setting', vim.tbl_isempty(lenses()), lenses())
  local function set_lenses(enable)
    client.settings.lensai.codeLens = { enable = enable }
    client:notify('workspace/didChangeConfiguration', { settings = client.settings })
  end
  set_lenses(true)
  check('code lens of a function', soon(function()
    return vim.startswith(lenses()[10] or '', vim.env.COST_DIRECT)
  end), lenses())
  set_lenses(false)
  check('code lens goes with the setting', soon(function()
    return vim.tbl_isempty(lenses())
  end), lenses())

  vim.api.nvim_win_set_cursor(0, { 12, 30 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return vim.startswith(action.title, 'Limit the answer')
    end,
  })
  local function text()
    return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n')
  end
  check('code action applied', soon(function()
    return text():find('max_tokens=%d+') ~= nil or text():find('max_completion_tokens=%d+') ~= nil
  end), text())
  check('its finding is gone', soon(function()
    return codes()['unbounded-output'] == nil
  end), codes())
  check('hint remains at the call', soon(function()
    return vim.startswith(hints()[12] or '', '≈ $')
  end), hints())
end

local ok, problem = xpcall(tests, debug.traceback)
if not ok then
  failed = failed + 1
  io.stdout:write('FAIL ' .. tostring(problem) .. '\n')
end
io.stdout:write(('%d passed, %d failed\n'):format(passed, failed))
vim.cmd(failed == 0 and 'qa!' or 'cq!')
