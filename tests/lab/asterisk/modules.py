"""The modules that the lab's exchanges load: MikoPBX's (its ModulesConf), and a few of the lab's own."""

MIKOPBX_MODULES = """
app_dial app_echo app_exec app_milliwatt app_mixmonitor app_originate app_playback app_playtones app_read
app_record app_stack app_verbose app_senddtmf app_userevent app_channelredirect app_while
bridge_simple bridge_holding bridge_softmix bridge_builtin_features chan_pjsip
codec_a_mu codec_alaw codec_ulaw codec_g722 codec_gsm codec_resample
format_gsm format_pcm format_sln format_wav
func_callerid func_channel func_cut func_db func_devstate func_dialplan func_global func_logic
func_strings func_timeout func_uri func_groupcount func_pjsip_aor func_pjsip_contact func_pjsip_endpoint
pbx_config pbx_spool res_speech res_agi res_musiconhold res_convert res_mutestream res_rtp_asterisk res_srtp
res_timing_timerfd res_pjproject res_sorcery_astdb res_sorcery_config res_sorcery_memory res_sorcery_realtime
res_pjsip res_pjsip_acl res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_diversion
res_pjsip_dlg_options res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_endpoint_identifier_anonymous
res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_header_funcs res_pjsip_logger
res_pjsip_messaging res_pjsip_nat res_pjsip_notify res_pjsip_outbound_authenticator_digest
res_pjsip_outbound_registration res_pjsip_path res_pjsip_pubsub res_pjsip_refer res_pjsip_registrar
res_pjsip_rfc3326 res_pjsip_sdp_rtp res_pjsip_session res_pjsip_t38
"""

LAB_MODULES = "res_clioriginate res_fax res_fax_spandsp func_frame_trace"
"""MikoPBX loads fax only where its user adds it; the console's `channel originate` is for tests."""

QUICKSTART_MODULES = "bridge_native_rtp"
"""MikoPBX loads this too. The lab's do not: a Local channel that is optimised away (every call that comes in by a
trunk has one there) while this bridge passes packets on leaves one direction silent in about one of twenty calls
that are answered at once (Asterisk 22.10.1), and a lab that fails at random teaches nothing."""
