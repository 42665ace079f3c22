// The official SDK's core as a client of the simulator, and as a judge of
// signatures that are not its own.
//
//	node sdk.js call '{"endpoint": ..., "ak": ..., ...}'	sends a request
//	node sdk.js sign '[{"method": ..., "url": ..., ...}]'	signs each one
//
// Prints JSON.  NODE_PATH names the directory with the SDK.

const CORE = '@huaweicloud/huaweicloud-sdk-core';
const core = require(CORE);
const { ClientBuilder } = require(CORE + '/ClientBuilder');
const { AKSKSigner } = require(CORE + '/auth/AKSKSigner');

function credential(given) {
	const made = given.project_id !== undefined
		? new core.BasicCredentials().withProjectId(given.project_id)
		: new core.GlobalCredentials().withDomainId(given.domain_id);
	made.withAk(given.ak).withSk(given.sk);
	if (given.security_token)
		made.withSecurityToken(given.security_token);
	return made;
}

async function call(given) {
	const client = new ClientBuilder((hc) => hc,
		given.project_id !== undefined ? 'BasicCredentials' : 'GlobalCredentials')
		.withCredential(credential(given)).withEndpoint(given.endpoint).build();

	const reply = await client.sendRequest({
		method: given.method, url: given.path,
		contentType: 'application/json', queryParams: given.query || {},
		pathParams: {}, headers: { 'Content-Type': 'application/json' },
		data: given.body });
	return { status: reply.httpStatusCode };
}

function sign(given) {
	return AKSKSigner.sign({
		method: given.method, endpoint: given.url, headers: given.headers,
		queryParams: given.query, data: given.body
	}, { getAk: () => given.ak, getSk: () => given.sk }).Authorization;
}

const input = JSON.parse(process.argv[3]);

if (process.argv[2] === 'sign')
	console.log(JSON.stringify(input.map(sign)));
else
	call(input).then(
		(result) => console.log(JSON.stringify(result)),
		(error) => console.log(JSON.stringify({ error: String(error.message || error),
			status: error.httpStatusCode })));
