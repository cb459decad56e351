//! Who is paid: the spellings of providers' names, and the hosts that they answer on.
//!
//! Names are those of OpenTelemetry's `gen_ai.provider.name` where it has one, else the catalogue's own.

use crate::schema::Provider;

/// What is known of a provider by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Has a price list in the catalogue, under this id.
    Sells(&'static str),
    /// A gateway or library that hands the call to the model's own vendor, at its price.
    PassesOn,
    /// Runs on the user's own machines: the price is not nothing, it is unknown.
    SelfHosted,
    /// Sells calls, but the catalogue has no price list of it.
    Unlisted,
}

struct Known {
    name: &'static str,
    role: Role,
    /// Further spellings, in lower case with `-` for every `_`, `.` and space.
    spellings: &'static [&'static str],
}

const fn sells(name: &'static str, id: &'static str, spellings: &'static [&'static str]) -> Known {
    Known { name, role: Role::Sells(id), spellings }
}

const fn own(id: &'static str, spellings: &'static [&'static str]) -> Known {
    sells(id, id, spellings)
}

const fn other(name: &'static str, role: Role, spellings: &'static [&'static str]) -> Known {
    Known { name, role, spellings }
}

/// The first of the entries for one price list gives the provider its name.
static KNOWN: &[Known] = &[
    own("openai", &["open-ai", "openai-chat", "openai-responses", "text-completion-openai"]),
    sells("azure.ai.openai", "azure", &["azure", "azure-openai", "azureopenai", "az-ai-openai", "azure-text"]),
    sells("azure.ai.inference", "azure", &["azure-ai", "azure-inference", "az-ai-inference", "azure-ai-foundry"]),
    own("anthropic", &["claude"]),
    sells(
        "aws.bedrock",
        "aws",
        &["aws", "amazon", "bedrock", "amazon-bedrock", "bedrock-converse", "bedrock-runtime", "bedrock-mantle"],
    ),
    sells(
        "gcp.gemini",
        "google",
        &[
            "google",
            "gemini",
            "google-genai",
            "google-generativeai",
            "googleai",
            "google-ai",
            "google-gla",
            "google-ai-studio",
        ],
    ),
    sells(
        "gcp.vertex_ai",
        "google",
        &["vertex", "vertexai", "vertex-ai", "google-vertex", "google-vertexai", "google-vertex-ai", "gcp-vertexai"],
    ),
    sells("gcp.gen_ai", "google", &["gcp-genai"]),
    sells("mistral_ai", "mistral", &["mistral", "mistralai", "codestral"]),
    sells("x_ai", "x-ai", &["xai", "grok"]),
    own("cohere", &["cohere-chat"]),
    own("groq", &[]),
    own("deepseek", &[]),
    own("perplexity", &["pplx", "perplexity-ai"]),
    own("openrouter", &["open-router"]),
    own("together", &["together-ai", "togetherai"]),
    own("fireworks", &["fireworks-ai", "fireworksai"]),
    own("cerebras", &[]),
    own("voyageai", &["voyage", "voyage-ai"]),
    own("moonshotai", &["moonshot", "moonshot-ai"]),
    own("minimax", &[]),
    own("zai", &["z-ai"]),
    own("zhipuai", &["zhipu", "bigmodel"]),
    own("novita", &["novita-ai"]),
    own("baseten", &[]),
    own("databricks", &[]),
    own("cloudflare", &["workers-ai", "cloudflare-ai", "cloudflare-workers-ai"]),
    own("ovhcloud", &["ovh"]),
    own("github-copilot", &["copilot"]),
    own("elevenlabs", &[]),
    own("arcee", &[]),
    own("avian", &[]),
    own("modal", &[]),
    own("cursor", &[]),
    own("doubleword", &[]),
    own("typesafe", &[]),
    own("quicksilverpro", &[]),
    own("openai-decisions", &[]),
    own("meta", &[]),
    own("huggingface_cerebras", &[]),
    own("huggingface_fireworks-ai", &[]),
    own("huggingface_groq", &[]),
    own("huggingface_hyperbolic", &[]),
    own("huggingface_nebius", &[]),
    own("huggingface_novita", &[]),
    own("huggingface_nscale", &[]),
    own("huggingface_ovhcloud", &[]),
    own("huggingface_publicai", &[]),
    own("huggingface_sambanova", &[]),
    own("huggingface_together", &[]),
    other("ibm.watsonx.ai", Role::Unlisted, &["watsonx", "ibm", "ibm-watsonx"]),
    other("huggingface", Role::Unlisted, &["hf", "hugging-face"]),
    other("replicate", Role::Unlisted, &[]),
    other("ai21", Role::Unlisted, &[]),
    other("nvidia", Role::Unlisted, &["nvidia-nim"]),
    other("sambanova", Role::Unlisted, &[]),
    other("deepinfra", Role::Unlisted, &["deep-infra"]),
    other("hyperbolic", Role::Unlisted, &[]),
    other("nebius", Role::Unlisted, &[]),
    other("github", Role::Unlisted, &["github-models"]),
    other("dashscope", Role::Unlisted, &["alibaba", "aliyun", "tongyi"]),
    other("snowflake", Role::Unlisted, &[]),
    other("oci", Role::Unlisted, &["oci-genai"]),
    other("lambda", Role::Unlisted, &["lambda-ai"]),
    other("jina", Role::Unlisted, &["jina-ai"]),
    other("deepgram", Role::Unlisted, &[]),
    other("assemblyai", Role::Unlisted, &[]),
    other("stability", Role::Unlisted, &["stability-ai"]),
    other("litellm", Role::PassesOn, &["litellm-proxy"]),
    other("vercel-ai-gateway", Role::PassesOn, &["vercel", "gateway", "ai-gateway", "vercel-ai"]),
    other("cloudflare-ai-gateway", Role::PassesOn, &["clf-ai-gateway"]),
    other("portkey", Role::PassesOn, &["portkey-ai"]),
    other("helicone", Role::PassesOn, &[]),
    other("braintrust", Role::PassesOn, &[]),
    other("ollama", Role::SelfHosted, &["ollama-chat"]),
    other(
        "self-hosted",
        Role::SelfHosted,
        &[
            "local",
            "localhost",
            "localai",
            "lmstudio",
            "lm-studio",
            "vllm",
            "hosted-vllm",
            "llama-cpp",
            "llamacpp",
            "llamafile",
            "tgi",
            "sglang",
            "xinference",
            "transformers",
            "gpt4all",
            "mlx",
            "docker-model-runner",
            "llama-cpp-python",
        ],
    ),
];

fn known(name: &str) -> Option<&'static Known> {
    let folded: String =
        name.trim().chars().map(|c| if matches!(c, '_' | '.' | ' ') { '-' } else { c.to_ascii_lowercase() }).collect();
    let same = |spelling: &str| {
        spelling.len() == folded.len()
            && spelling.bytes().zip(folded.bytes()).all(|(a, b)| a == b || matches!(a, b'_' | b'.') && b == b'-')
    };
    KNOWN.iter().find(|known| same(known.name) || known.spellings.iter().any(|spelling| same(spelling)))
}

/// What a provider does, by any spelling of its name.
pub(crate) fn role(name: &str) -> Option<Role> {
    known(name).map(|known| known.role)
}

/// The one name of a provider, by any spelling that SDKs and gateways use: `azure` → `azure.ai.openai`, `gemini` →
/// `gcp.gemini`, `xai` → `x_ai`. `None` for a provider that nobody here knows.
pub fn canonical_provider(name: &str) -> Option<&'static str> {
    known(name).map(|known| known.name)
}

impl Provider {
    /// The provider's name in results: `OpenTelemetry`'s (`gcp.gemini`, `aws.bedrock`, `x_ai`), else the catalogue's own.
    pub fn name(&self) -> &str {
        let named = KNOWN.iter().find(|known| known.role_id() == Some(&self.id));
        named.map_or(&self.id, |known| known.name)
    }
}

impl Known {
    fn role_id(&self) -> Option<&'static str> {
        match self.role {
            Role::Sells(id) => Some(id),
            Role::PassesOn | Role::SelfHosted | Role::Unlisted => None,
        }
    }
}

/// Hosts, and the provider that answers there. A leading dot stands for any subdomain, or none where that makes sense.
static HOSTS: &[(&str, &str)] = &[
    ("api.openai.com", "openai"),
    (".api.openai.com", "openai"),
    ("api.anthropic.com", "anthropic"),
    ("generativelanguage.googleapis.com", "gcp.gemini"),
    ("aiplatform.googleapis.com", "gcp.vertex_ai"),
    ("-aiplatform.googleapis.com", "gcp.vertex_ai"),
    (".aiplatform.googleapis.com", "gcp.vertex_ai"),
    (".openai.azure.com", "azure.ai.openai"),
    (".openai.azure.us", "azure.ai.openai"),
    (".cognitiveservices.azure.com", "azure.ai.openai"),
    (".azure-api.net", "azure.ai.openai"),
    ("models.inference.ai.azure.com", "github"),
    ("models.github.ai", "github"),
    (".services.ai.azure.com", "azure.ai.inference"),
    (".inference.ai.azure.com", "azure.ai.inference"),
    (".models.ai.azure.com", "azure.ai.inference"),
    ("openrouter.ai", "openrouter"),
    ("api.openrouter.ai", "openrouter"),
    ("api.groq.com", "groq"),
    ("api.deepseek.com", "deepseek"),
    ("api.together.xyz", "together"),
    ("api.together.ai", "together"),
    ("api.fireworks.ai", "fireworks"),
    ("api.perplexity.ai", "perplexity"),
    ("api.x.ai", "x_ai"),
    (".api.x.ai", "x_ai"),
    ("api.mistral.ai", "mistral_ai"),
    ("codestral.mistral.ai", "mistral_ai"),
    ("api.cohere.ai", "cohere"),
    ("api.cohere.com", "cohere"),
    ("api.cerebras.ai", "cerebras"),
    ("api.voyageai.com", "voyageai"),
    ("api.moonshot.ai", "moonshotai"),
    ("api.moonshot.cn", "moonshotai"),
    ("api.minimax.io", "minimax"),
    ("api.minimaxi.com", "minimax"),
    ("api.minimax.chat", "minimax"),
    ("api.z.ai", "zai"),
    ("open.bigmodel.cn", "zhipuai"),
    ("api.novita.ai", "novita"),
    ("inference.baseten.co", "baseten"),
    (".cloud.databricks.com", "databricks"),
    (".azuredatabricks.net", "databricks"),
    (".gcp.databricks.com", "databricks"),
    ("gateway.ai.cloudflare.com", "cloudflare-ai-gateway"),
    ("api.cloudflare.com", "cloudflare"),
    (".endpoints.kepler.ai.cloud.ovh.net", "ovhcloud"),
    ("api.githubcopilot.com", "github-copilot"),
    ("api.elevenlabs.io", "elevenlabs"),
    ("api.arcee.ai", "arcee"),
    ("api.avian.io", "avian"),
    (".modal.run", "modal"),
    ("api.meta.ai", "meta"),
    ("router.huggingface.co", "huggingface"),
    ("api-inference.huggingface.co", "huggingface"),
    ("api.replicate.com", "replicate"),
    ("api.ai21.com", "ai21"),
    ("integrate.api.nvidia.com", "nvidia"),
    ("api.sambanova.ai", "sambanova"),
    ("api.deepinfra.com", "deepinfra"),
    ("api.hyperbolic.xyz", "hyperbolic"),
    (".nebius.ai", "nebius"),
    (".nebius.com", "nebius"),
    ("dashscope.aliyuncs.com", "dashscope"),
    ("dashscope-intl.aliyuncs.com", "dashscope"),
    (".ml.cloud.ibm.com", "ibm.watsonx.ai"),
    (".snowflakecomputing.com", "snowflake"),
    ("api.lambda.ai", "lambda"),
    ("ai-gateway.vercel.sh", "vercel-ai-gateway"),
    ("api.portkey.ai", "portkey"),
    (".helicone.ai", "helicone"),
    ("api.braintrust.dev", "braintrust"),
];

/// The provider that answers on a host, by its canonical name: `api.groq.com` → `groq`, `localhost:11434` → `ollama`.
///
/// Takes a host with or without a port, or a whole URL. Other local and private addresses are `self-hosted`; a host that no
/// rule knows is `None`.
pub fn provider_of_host(host: &str) -> Option<&'static str> {
    let (host, port) = host_and_port(host);
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if host.is_empty() {
        return None;
    }
    if is_local(&host) {
        return Some(if port == Some("11434") { "ollama" } else { "self-hosted" });
    }
    if host.contains("bedrock") && (host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")) {
        return Some("aws.bedrock");
    }
    let fits = |pattern: &str| {
        if pattern.starts_with(['.', '-']) { host.ends_with(pattern) } else { host == pattern }
    };
    HOSTS.iter().find(|(pattern, _)| fits(pattern)).map(|(_, name)| *name)
}

/// The host and port of a URL, or of a host alone.
fn host_and_port(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    if let Some((inside, after)) = authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (inside, after.strip_prefix(':'));
    }
    match authority.split_once(':') {
        // More than one colon and no brackets: an IPv6 address without a port.
        Some((_, port)) if port.contains(':') => (authority, None),
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    }
}

fn is_local(host: &str) -> bool {
    let names = ["localhost", "0.0.0.0", "::1", "::", "host.docker.internal", "gateway.docker.internal"];
    let private = || {
        let mut octets = host.split('.').map(str::parse::<u8>);
        match (octets.next(), octets.next(), octets.next(), octets.next(), octets.next()) {
            (Some(Ok(first)), Some(Ok(second)), Some(Ok(_)), Some(Ok(_)), None) => {
                matches!((first, second), (127 | 10, _) | (192, 168) | (172, 16..=31) | (169, 254))
            }
            _ => false,
        }
    };
    let in_zone = |zone: &str| host.rsplit_once('.').is_some_and(|(_, last)| last == zone);
    names.contains(&host) || in_zone("localhost") || in_zone("local") || private()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_their_provider() {
        let table = [
            ("api.openai.com", Some("openai")),
            ("https://api.openai.com/v1", Some("openai")),
            ("eu.api.openai.com", Some("openai")),
            ("https://openrouter.ai/api/v1", Some("openrouter")),
            ("api.groq.com", Some("groq")),
            ("https://api.deepseek.com", Some("deepseek")),
            ("api.together.xyz:443", Some("together")),
            ("api.fireworks.ai", Some("fireworks")),
            ("api.perplexity.ai", Some("perplexity")),
            ("api.x.ai", Some("x_ai")),
            ("api.mistral.ai", Some("mistral_ai")),
            ("generativelanguage.googleapis.com", Some("gcp.gemini")),
            ("us-central1-aiplatform.googleapis.com", Some("gcp.vertex_ai")),
            ("https://my-resource.openai.azure.com/openai/deployments/x?api-version=1", Some("azure.ai.openai")),
            ("bedrock-runtime.us-east-1.amazonaws.com", Some("aws.bedrock")),
            ("vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com", Some("aws.bedrock")),
            ("localhost:11434", Some("ollama")),
            ("http://127.0.0.1:11434/v1", Some("ollama")),
            ("http://localhost:8000/v1", Some("self-hosted")),
            ("http://user:secret@10.1.2.3:80/", Some("self-hosted")),
            ("http://[::1]:11434", Some("ollama")),
            ("::1", Some("self-hosted")),
            ("192.168.0.7", Some("self-hosted")),
            ("172.32.0.1", None),
            ("API.OpenAI.com.", Some("openai")),
            ("api.openai.com.evil.example", None),
            ("evil-api.openai.com.example", None),
            ("notapi.openai.com", None),
            ("llm.corp.internal", None),
            ("s3.amazonaws.com", None),
            ("", None),
            ("://", None),
        ];
        for (host, provider) in table {
            assert_eq!(provider_of_host(host), provider, "{host}");
        }
    }

    #[test]
    fn every_host_names_a_known_provider_by_its_canonical_name() {
        for (_, name) in HOSTS {
            assert_eq!(canonical_provider(name), Some(*name));
        }
    }

    #[test]
    fn spellings_have_one_name_and_no_spelling_has_two() {
        let table = [
            ("openai", "openai"),
            ("Azure_OpenAI", "azure.ai.openai"),
            ("azure.ai.openai", "azure.ai.openai"),
            ("azure", "azure.ai.openai"),
            ("azure_ai", "azure.ai.inference"),
            ("google-genai", "gcp.gemini"),
            ("gcp.gemini", "gcp.gemini"),
            ("vertex_ai", "gcp.vertex_ai"),
            ("aws.bedrock", "aws.bedrock"),
            ("bedrock", "aws.bedrock"),
            ("mistral_ai", "mistral_ai"),
            ("x-ai", "x_ai"),
            ("x_ai", "x_ai"),
            ("together_ai", "together"),
            ("fireworks_ai", "fireworks"),
            ("llama.cpp", "self-hosted"),
            ("LM Studio", "self-hosted"),
            ("ollama", "ollama"),
        ];
        for (spelling, name) in table {
            assert_eq!(canonical_provider(spelling), Some(name), "{spelling}");
        }
        assert_eq!(canonical_provider("my-gateway"), None);
        let mut all: Vec<String> = KNOWN
            .iter()
            .flat_map(|known| std::iter::once(known.name).chain(known.spellings.iter().copied()))
            .map(|spelling| spelling.replace(['_', '.'], "-"))
            .collect();
        all.sort();
        let before = all.len();
        all.dedup();
        assert_eq!(all.len(), before);
    }
}
