;;; lensai.el --- What LLM calls cost, where the code is written  -*- lexical-binding: t -*-

;; LensAI for Emacs 30 or newer with eglot, which is part of it. Paste this into your init file.

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               '((python-mode python-ts-mode js-mode js-ts-mode
                  (typescript-ts-mode :language-id "typescript")
                  (tsx-ts-mode :language-id "typescriptreact"))
                 . ("lensai" "lsp"))))

(setq-default eglot-workspace-configuration
              '(:lensai (:hints (:enable t :minimumCostUsd 0)
                         :severity (:unbounded-output "hint"))))

(dolist (hook '(python-base-mode-hook js-base-mode-hook typescript-ts-base-mode-hook))
  (add-hook hook #'eglot-ensure))

;;; lensai.el ends here
